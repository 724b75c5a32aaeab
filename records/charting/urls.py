from django.urls import path

from records.charting.views import charts, mine, notes

app_name = "charting"

note_urls = [
    path(
        "c/<slug:clinic>/appointments/<uuid:uid>/open/", notes.open_visit, name="open"
    ),
    path("c/<slug:clinic>/visits/<uuid:uid>/", notes.encounter, name="encounter"),
    path("c/<slug:clinic>/visits/<uuid:uid>/sign/", notes.sign_note, name="sign"),
]
chart_urls = [
    path("c/<slug:clinic>/my-patients/", charts.patients, name="patients"),
    path("c/<slug:clinic>/patients/<uuid:uid>/chart/", charts.summary, name="chart"),
    path(
        "c/<slug:clinic>/patients/<uuid:uid>/chart/visits/",
        charts.visits,
        name="chart_visits",
    ),
    path(
        "c/<slug:clinic>/patients/<uuid:uid>/chart/medicines/",
        charts.medicines,
        name="chart_medicines",
    ),
    path(
        "c/<slug:clinic>/patients/<uuid:uid>/chart/who-looked/",
        charts.looked,
        name="chart_looked",
    ),
]
my_urls = [
    path("me/visits/", mine.my_visits, name="my_visits"),
    path("me/visits/<uuid:uid>/", mine.my_visit, name="my_visit"),
]
urlpatterns = [*note_urls, *chart_urls, *my_urls]
