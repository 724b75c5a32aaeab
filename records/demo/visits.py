"""What the demo's visits were about: plain, plausible, invented notes.

Codes are ICD-10-CM, April 2026. Doses are illustrations, not advice.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Story:
    reason: str
    code: str
    diagnosis: str
    notes: str
    plan: str
    medicines: tuple[tuple[str, str, str, str, int], ...] = ()


STORIES: dict[str, tuple[Story, ...]] = {
    "Cardiology": (
        Story(
            "Blood pressure review",
            "I10",
            "Essential (primary) hypertension",
            "Feels well. Home readings mostly in target. No dizziness, no oedema.",
            "Carry on with the tablets and keep measuring twice a week.",
            (("Ramipril", "5 mg", "1 tablet", "once daily, morning", 90),),
        ),
        Story(
            "Palpitations in the evening",
            "R00.2",
            "Palpitations",
            "Short episodes, no syncope. Resting ECG without findings today.",
            "Less coffee after noon. Wear the recorder for 24 hours and come back.",
        ),
        Story(
            "Breathless on the stairs",
            "I50.9",
            "Heart failure, unspecified",
            "Two flights of stairs, better than in spring. Lungs clear.",
            "Weigh yourself every morning. Call us at two kilograms more in a week.",
            (("Furosemide", "40 mg", "1 tablet", "once daily, morning", 60),),
        ),
        Story(
            "Cholesterol result",
            "E78.5",
            "Hyperlipidemia, unspecified",
            "Discussed the last result and the family history.",
            "Start the tablet in the evening. Blood test in three months.",
            (("Atorvastatin", "20 mg", "1 tablet", "once daily, evening", 90),),
        ),
    ),
    "General medicine": (
        Story(
            "Cough for ten days",
            "J20.9",
            "Acute bronchitis, unspecified",
            "No fever, chest clear after coughing.",
            "Rest and drink plenty. Come back if fever or breathlessness start.",
        ),
        Story(
            "Lower back pain",
            "M54.50",
            "Low back pain, unspecified",
            "After lifting. No numbness, full strength.",
            "Keep moving. Warmth helps. Tablets only if needed.",
            (("Ibuprofen", "400 mg", "1 tablet", "up to three times a day", 5),),
        ),
        Story(
            "Yearly check-up",
            "Z00.00",
            "General adult medical examination without abnormal findings",
            "No complaints. Examination without findings.",
            "All good. See you in a year.",
        ),
    ),
    "Dermatology": (
        Story(
            "Dry, itchy skin",
            "L20.9",
            "Atopic dermatitis, unspecified",
            "Both elbow folds, mild.",
            "Cream twice a day, also when it looks better.",
            (("Hydrocortisone cream", "1 %", "thin layer", "twice daily", 14),),
        ),
        Story(
            "Skin check",
            "Z12.83",
            "Screening for malignant neoplasm of skin",
            "Whole skin seen. Nothing that needs removing.",
            "Sun cream, and again in two years.",
        ),
    ),
    "Endocrinology": (
        Story(
            "Diabetes review",
            "E11.9",
            "Type 2 diabetes mellitus without complications",
            "No low sugar episodes. Feet without ulcers, pulses present.",
            "Dietitian appointment, and the blood test again in three months.",
            (("Metformin", "1000 mg", "1 tablet", "twice daily, with food", 90),),
        ),
        Story(
            "Tired, thyroid question",
            "E03.9",
            "Hypothyroidism, unspecified",
            "Tiredness better since the dose was raised.",
            "Same dose. Take it half an hour before breakfast.",
            (("Levothyroxine", "75 µg", "1 tablet", "once daily, fasting", 90),),
        ),
    ),
    "Paediatrics": (
        Story(
            "Ear pain",
            "H66.90",
            "Otitis media, unspecified",
            "Left eardrum red, no discharge. Playing again in the room.",
            "Pain relief if needed. Come back in two days if fever stays.",
        ),
        Story(
            "Check-up",
            "Z00.129",
            "Routine child health examination without abnormal findings",
            "Growing along the usual curve. Happy child.",
            "Next check-up in a year.",
        ),
    ),
}
STORIES["Family medicine"] = STORIES["General medicine"]
