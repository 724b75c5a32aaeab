"""Who is in the demo: invented people in two invented clinics."""

from dataclasses import dataclass, field
from datetime import date

PASSWORD = "healix-demo-1"  # noqa: S105 - published on purpose, with DEMO on only


@dataclass(frozen=True)
class Human:
    """Somebody with an account `<name>@healix.test`."""

    name: str
    given: str
    family: str
    born: date
    sex: str
    title: str = ""
    phone: str = ""
    city: str = ""

    @property
    def email(self) -> str:
        return f"{self.name}@healix.test"


@dataclass(frozen=True)
class Physician:
    human: Human
    department: str
    specialization: str
    qualifications: str
    since: int
    registration: str
    fee: str
    room: str
    minutes: int
    biography: str


@dataclass(frozen=True)
class House:
    """A clinic with its people."""

    slug: str
    name: str
    tagline: str
    country: str
    time_zone: str
    currency: str
    email: str
    phone: str
    address_line: str
    postal_code: str
    city: str
    colour: str
    departments: tuple[tuple[str, str, str], ...]
    owner: Human
    staff: Human
    auditor: Human
    physicians: tuple[Physician, ...]
    patients: tuple[Human, ...]
    visits_a_day: int = 2
    blocked: str = ""
    invited: tuple[tuple[str, str], ...] = field(default=())


RIVERSIDE = House(
    slug="riverside",
    name="Riverside Health Centre",
    tagline="Family medicine and specialists by the river",
    country="DE",
    time_zone="Europe/Berlin",
    currency="EUR",
    email="hello@riverside.healix.test",
    phone="+493012345678",
    address_line="Uferstraße 12",
    postal_code="10115",
    city="Berlin",
    colour="#d4a017",
    departments=(
        ("Cardiology", "Heart and blood pressure", "heart-pulse"),
        ("General medicine", "Family doctors, your first stop", "clipboard2-pulse"),
        ("Dermatology", "Skin, hair and nails", "bandaid"),
        ("Endocrinology", "Diabetes and thyroid", "droplet-half"),
        ("Paediatrics", "From newborns to teenagers", "balloon"),
    ),
    owner=Human("owner", "Miriam", "Adler", date(1970, 2, 3), "female", "Ms"),
    staff=Human("staff", "Ruth", "Keller", date(1985, 8, 19), "female", "Ms"),
    auditor=Human("auditor", "Nadia", "Brandt", date(1979, 11, 27), "female", "Ms"),
    physicians=(
        Physician(
            Human("doctor", "Amara", "Osei", date(1978, 4, 12), "female", "Dr"),
            "Cardiology",
            "Cardiologist",
            "MD, FESC",
            2006,
            "DE-1042887",
            "95.00",
            "4",
            30,
            "Sees people with high blood pressure, heart failure and rhythm "
            "disorders, and likes to explain what the numbers mean.",
        ),
        Physician(
            Human("doctor2", "Tomas", "Lindqvist", date(1982, 9, 30), "male", "Dr"),
            "General medicine",
            "Family doctor",
            "MD, GP",
            2010,
            "DE-1077320",
            "60.00",
            "1",
            20,
            "Your first stop for anything new, and for check-ups and vaccinations.",
        ),
        Physician(
            Human("doctor3", "Leila", "Haddad", date(1986, 1, 8), "female", "Dr"),
            "Dermatology",
            "Dermatologist",
            "MD",
            2014,
            "DE-1099114",
            "80.00",
            "6",
            20,
            "Skin checks, eczema and acne.",
        ),
        Physician(
            Human("doctor4", "Jonas", "Meyer", date(1975, 6, 21), "male", "Dr"),
            "Endocrinology",
            "Endocrinologist",
            "MD, PhD",
            2003,
            "DE-1020655",
            "90.00",
            "3",
            30,
            "Diabetes, thyroid and bone health.",
        ),
        Physician(
            Human("doctor5", "Chiara", "Bianchi", date(1989, 3, 2), "female", "Dr"),
            "Paediatrics",
            "Paediatrician",
            "MD",
            2017,
            "DE-1120034",
            "65.00",
            "2",
            20,
            "Growing up healthy: check-ups, vaccinations and worried parents.",
        ),
    ),
    patients=(
        Human(
            "patient",
            "Eleni",
            "Vassilakis",
            date(1945, 7, 14),
            "female",
            "Mrs",
            "+493055501480",
            "Berlin",
        ),
        Human(
            "patient2",
            "Samuel",
            "Okafor",
            date(1955, 3, 9),
            "male",
            "Mr",
            "+493055501481",
            "Berlin",
        ),
        Human("patient3", "Ida", "Andersen", date(1992, 5, 1), "female", "Ms"),
        Human("patient4", "Paul", "Meyer", date(1968, 10, 11), "male", "Mr"),
        Human("patient5", "Claire", "Dupont", date(1981, 12, 24), "female", "Ms"),
        Human("patient6", "Yusuf", "Rahman", date(1997, 2, 17), "male", "Mr"),
        Human("patient7", "Petra", "Novak", date(1974, 8, 5), "female", "Ms"),
        Human("patient8", "Marco", "Rossi", date(1960, 1, 30), "male", "Mr"),
        Human("patient9", "Nils", "Larsen", date(2018, 6, 6), "male"),
        Human("patient10", "Ruth", "Hayes", date(1949, 4, 22), "female", "Mrs"),
        Human("patient11", "Sofía", "Herrera", date(1988, 9, 3), "female", "Ms"),
        Human("patient12", "Zoë", "van Dijk", date(2001, 7, 28), "female", "Ms"),
        Human("patient13", "Łukasz", "Wójcik", date(1977, 11, 15), "male", "Mr"),
        Human("patient14", "Aylin", "Yıldız", date(1995, 3, 19), "female", "Ms"),
        Human("patient15", "Kwame", "Mensah", date(1963, 5, 25), "male", "Mr"),
        Human("patient16", "Mei", "Tanaka", date(1984, 10, 2), "female", "Ms"),
        Human("patient17", "Olga", "Petrova", date(1952, 12, 7), "female", "Mrs"),
        Human("patient18", "Finn", "O'Brien", date(2012, 2, 13), "male"),
        Human("patient19", "Hanna", "Schäfer", date(1990, 6, 18), "female", "Ms"),
        Human("patient20", "Ahmed", "Nasser", date(1972, 8, 29), "male", "Mr"),
        Human("patient21", "Ingrid", "Berg", date(1940, 1, 5), "female", "Mrs"),
        Human("patient22", "Mateus", "Silva", date(1999, 4, 14), "male", "Mr"),
        Human("patient23", "Priya", "Raman", date(1986, 7, 9), "female", "Ms"),
        Human("patient24", "Henrik", "Falk", date(1958, 9, 26), "male", "Mr"),
    ),
    visits_a_day=4,
    blocked="patient24",
    invited=(("doctor", "new.doctor@healix.test"), ("staff", "new.staff@healix.test")),
)

HILLCREST = House(
    slug="hillcrest",
    name="Hillcrest Medical",
    tagline="Your neighbourhood practice",
    country="US",
    time_zone="America/New_York",
    currency="USD",
    email="hello@hillcrest.healix.test",
    phone="+12125550142",
    address_line="48 Hill Street",
    postal_code="10025",
    city="New York",
    colour="#0b5e8a",
    departments=(
        ("Cardiology", "Heart and circulation", "heart-pulse"),
        ("Family medicine", "All ages, all questions", "clipboard2-pulse"),
    ),
    owner=Human("owner.b", "Grace", "Holloway", date(1966, 5, 20), "female", "Ms"),
    staff=Human("staff.b", "Diego", "Ramos", date(1993, 10, 10), "male", "Mr"),
    auditor=Human("auditor.b", "Helen", "Choi", date(1981, 2, 28), "female", "Ms"),
    physicians=(
        Physician(
            Human("doctor.b", "Marcus", "Bell", date(1973, 7, 7), "male", "Dr"),
            "Cardiology",
            "Cardiologist",
            "MD, FACC",
            2001,
            "NY-220417",
            "180.00",
            "2",
            30,
            "Hearts, from first palpitations to the long run.",
        ),
        Physician(
            Human("doctor2.b", "Naomi", "Stein", date(1987, 12, 1), "female", "Dr"),
            "Family medicine",
            "Family physician",
            "MD",
            2015,
            "NY-271093",
            "120.00",
            "1",
            20,
            "Care for whole families.",
        ),
    ),
    patients=(
        Human("patient.b", "Walter", "Greene", date(1951, 9, 17), "male", "Mr"),
        Human("patient2.b", "Dolores", "Quinn", date(1964, 3, 31), "female", "Ms"),
        Human("patient3.b", "Tyrone", "Banks", date(1979, 6, 12), "male", "Mr"),
        Human("patient4.b", "Abigail", "Frost", date(1996, 11, 4), "female", "Ms"),
    ),
    visits_a_day=1,
)

HOUSES = (RIVERSIDE, HILLCREST)
