from django.urls import path

from appointments.views import (
    absences,
    availability,
    booking,
    checkin,
    deliveries,
    desk,
    doctor,
    feeds,
    finding,
    grids,
    holidays,
    mine,
    moving,
    my_move,
    reception,
    reminders,
    rooms,
    series,
    services,
    visit_link,
    visitors,
    visits,
    waiting,
    waitlist,
    waitlist_desk,
)

app_name = "appointments"

BOOK = "me/book/<slug:clinic>/"
DEPARTMENT = BOOK + "<uuid:department>/"
DOCTOR = DEPARTMENT + "<uuid:doctor>/"
VISITORS = "clinics/<slug:slug>/book/"
CLINIC = "c/<slug:clinic>/"
VISIT = CLINIC + "appointments/<uuid:uid>/"
OWN_VISIT = CLINIC + "day/<uuid:uid>/"
HOURS = CLINIC + "availability/"
EXCEPTION = HOURS + "dates/<uuid:uid>/"
DOCTORS = CLINIC + "doctors/"
HOLIDAYS = CLINIC + "settings/holidays/"
REMINDERS = CLINIC + "settings/reminders/"
WAITING = CLINIC + "waitlist/"
MINE = "me/appointments/<uuid:uid>/"

booking_urls = [
    path("me/book/", booking.book, name="book"),
    path(BOOK, booking.book_departments, name="book_departments"),
    path(BOOK + "search/", finding.search, name="search"),
    path(DEPARTMENT, booking.book_doctor, name="book_doctor"),
    path(DOCTOR, booking.book_time, name="book_time"),
    path(DOCTOR + "check/", booking.book_check, name="book_check"),
]
visitor_urls = [
    path(VISITORS, visitors.visit_departments, name="visit_departments"),
    path(VISITORS + "<uuid:department>/", visitors.visit_doctor, name="visit_doctor"),
    path(
        VISITORS + "<uuid:department>/<uuid:doctor>/",
        visitors.visit_time,
        name="visit_time",
    ),
]
patient_urls = [
    path("me/appointments/", mine.mine, name="mine"),
    path(MINE, mine.my_appointment, name="my_appointment"),
    path(MINE + "cancel/", mine.my_cancel, name="my_cancel"),
    path(MINE + "move/", my_move.move, name="my_move"),
    path(MINE + "calendar.ics", mine.calendar_file, name="calendar"),
]
doctor_urls = [
    path(CLINIC + "day/", doctor.day, name="day"),
    path(CLINIC + "week/", grids.week, name="week"),
    path(OWN_VISIT + "no-show/", visits.own_no_show, name="own_no_show"),
    path(OWN_VISIT + "cancel/", visits.own_cancel, name="own_cancel"),
    path(OWN_VISIT + "restore/", visits.own_restore, name="own_restore"),
    path(OWN_VISIT + "move/", moving.own_move, name="own_move"),
    path(OWN_VISIT + "move/confirm/", moving.own_move_confirm, name="own_move_confirm"),
]
availability_urls = [
    path(HOURS, availability.availability, name="availability"),
    path(HOURS + "days/", availability.switch_blocks, name="switch_blocks"),
    path(HOURS + "away/", availability.away, name="away"),
    path(HOURS + "move/", availability.move, name="move_block"),
    path(HOURS + "extra/", availability.extra, name="extra"),
    path(HOURS + "<uuid:uid>/", availability.change_rule, name="change_rule"),
    path(HOURS + "<uuid:uid>/remove/", availability.remove_rule, name="remove_rule"),
    path(EXCEPTION + "remove/", availability.remove_exception, name="remove_exception"),
]
absence_urls = [
    path(DOCTORS, absences.doctors, name="doctors"),
    path(DOCTORS + "<uuid:uid>/time-away/", absences.doctor_away, name="doctor_away"),
    path(
        DOCTORS + "time-away/<uuid:uid>/remove/",
        absences.remove_doctors_exception,
        name="remove_doctors_exception",
    ),
]
holiday_urls = [
    path(HOLIDAYS, holidays.holidays, name="holidays"),
    path(HOLIDAYS + "import/", holidays.import_holidays, name="import_holidays"),
    path(
        HOLIDAYS + "<uuid:uid>/remove/", holidays.remove_holiday, name="remove_holiday"
    ),
]
desk_urls = [
    path(CLINIC + "desk/", desk.desk, name="desk"),
    path(CLINIC + "schedule/", grids.schedule, name="schedule"),
    path(CLINIC + "schedule/move/", moving.bulk_move, name="bulk_move"),
    path(CLINIC + "appointments/", desk.appointment_list, name="list"),
    path(CLINIC + "book/", reception.desk_book, name="desk_book"),
    path(CLINIC + "book/new/", reception.desk_register, name="desk_register"),
    path(CLINIC + "book/<uuid:uid>/", reception.desk_time, name="desk_time"),
    path(
        CLINIC + "book/<uuid:uid>/confirm/",
        reception.desk_confirm,
        name="desk_confirm",
    ),
]
visit_urls = [
    path(VISIT, visits.detail, name="detail"),
    path(VISIT + "arrive/", visits.arrive, name="arrive"),
    path(VISIT + "approve/", visits.approve, name="approve"),
    path(VISIT + "revert/", visits.revert, name="revert"),
    path(VISIT + "no-show/", visits.no_show, name="no_show"),
    path(VISIT + "cancel/", visits.cancel, name="cancel"),
    path(VISIT + "restore/", visits.restore, name="restore"),
    path(VISIT + "move/", moving.move, name="move"),
    path(VISIT + "move/confirm/", moving.move_confirm, name="move_confirm"),
    path(VISIT + "series/", series.series, name="series"),
    path(VISIT + "series/cancel/", series.cancel_series, name="cancel_series"),
]
waiting_urls = [
    path(CLINIC + "queue/", waiting.queue, name="queue"),
    path(CLINIC + "poster/", waiting.poster, name="poster"),
    path(CLINIC + "poster/replace/", waiting.replace, name="poster_replace"),
    path(CLINIC + "poster/code.svg", waiting.code, name="poster_code"),
]
feed_urls = [
    path("calendar/<str:token>.ics", feeds.feed, name="feed"),
    path("me/calendar/", feeds.my_feed, name="my_feed"),
    path("me/calendar/new/", feeds.my_feed_new, name="my_feed_new"),
    path("me/calendar/stop/", feeds.my_feed_stop, name="my_feed_stop"),
    path(CLINIC + "calendar/", feeds.own_feed, name="own_feed"),
    path(CLINIC + "calendar/new/", feeds.own_feed_new, name="own_feed_new"),
    path(CLINIC + "calendar/stop/", feeds.own_feed_stop, name="own_feed_stop"),
]
link_urls = [
    path("visit/<str:token>/", visit_link.visit, name="visit"),
    path("visit/<str:token>/cancel/", visit_link.cancel, name="visit_cancel"),
    path("check-in/<slug:slug>/<str:token>/", checkin.check_in, name="check_in"),
]
reminder_urls = [
    path("me/settings/reminders/", reminders.my_reminders, name="my_reminders"),
    path(REMINDERS, reminders.reminders, name="reminders"),
    path(REMINDERS + "new/", reminders.new_reminder, name="new_reminder"),
    path(REMINDERS + "<uuid:uid>/", reminders.reminder, name="reminder"),
    path(REMINDERS + "<uuid:uid>/remove/", reminders.remove, name="remove_reminder"),
    path(CLINIC + "deliveries/", deliveries.deliveries, name="deliveries"),
    path(
        CLINIC + "deliveries/<uuid:uid>/retry/", deliveries.retry, name="retry_delivery"
    ),
]
waitlist_urls = [
    path("me/waitlist/", waitlist.waitlist, name="waitlist"),
    path("me/waitlist/new/", waitlist.join_waitlist, name="join_waitlist"),
    path(
        "me/waitlist/<uuid:uid>/leave/", waitlist.leave_waitlist, name="leave_waitlist"
    ),
    path("me/offers/<uuid:uid>/", waitlist.offer, name="offer"),
    path("me/offers/<uuid:uid>/accept/", waitlist.accept_offer, name="accept_offer"),
    path("me/offers/<uuid:uid>/decline/", waitlist.decline_offer, name="decline_offer"),
    path(WAITING, waitlist_desk.waiting_list, name="waiting_list"),
    path(WAITING + "new/", waitlist_desk.add_waiting, name="add_waiting"),
    path(
        WAITING + "<uuid:uid>/remove/",
        waitlist_desk.remove_waiting,
        name="remove_waiting",
    ),
]
SERVICE_PAGES = (
    ("", "services"),
    ("new/", "new_service"),
    ("usual/", "usual_services"),
    ("<uuid:uid>/", "service"),
    ("<uuid:uid>/stop/", "stop_service"),
    ("<uuid:uid>/offer/", "offer_service"),
    ("<uuid:uid>/move/", "move_service"),
)
service_urls = [
    path(
        CLINIC + "settings/services/", services.clinic_services, name="clinic_services"
    ),
    *(
        path(
            f"{above}services/{address}", getattr(services, who + name), name=who + name
        )
        for who, above in (
            ("", CLINIC),
            ("doctor_", CLINIC + "doctors/<uuid:doctor>/"),
        )
        for address, name in SERVICE_PAGES
    ),
]
room_urls = [
    path(CLINIC + "settings/booking/", rooms.booking_policy, name="booking_policy"),
    path(CLINIC + "rooms/", rooms.rooms, name="rooms"),
    path(CLINIC + "rooms/new/", rooms.new_room, name="new_room"),
    path(CLINIC + "rooms/<uuid:uid>/", rooms.room, name="room"),
    path(CLINIC + "rooms/<uuid:uid>/switch/", rooms.switch_room, name="switch_room"),
]
urlpatterns = [
    *booking_urls,
    *visitor_urls,
    *patient_urls,
    *doctor_urls,
    *desk_urls,
    *visit_urls,
    *waiting_urls,
    *feed_urls,
    *link_urls,
    *availability_urls,
    *absence_urls,
    *holiday_urls,
    *reminder_urls,
    *waitlist_urls,
    *service_urls,
    *room_urls,
]
