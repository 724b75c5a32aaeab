"""How much of everything there is, from the number of appointments."""

from dataclasses import dataclass

MAIN, ONE, THREE = "bench", "one", "three"
DOCTORS = 25
PER_PATIENT = 10
PER_CLINIC = 20_000
MOST_NEIGHBOURS = 9


@dataclass(frozen=True)
class Scale:
    """Half of the appointments are the main clinic's, the rest its neighbours'."""

    appointments: int

    @property
    def clinics(self) -> dict[str, int]:
        """Appointments by the clinic's slug."""
        wanted = self.appointments // PER_CLINIC
        neighbours = min(MOST_NEIGHBOURS, max(1, wanted))
        half = self.appointments // 2
        others = {f"{MAIN}-{n}": half // neighbours for n in range(1, neighbours + 1)}
        return {MAIN: self.appointments - half, **others}

    def patients(self, appointments: int) -> int:
        return max(2 * DOCTORS, appointments // PER_PATIENT)
