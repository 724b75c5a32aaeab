from django.urls import path

from records import views

app_name = "records"

urlpatterns = [
    path("me/", views.home, name="home"),
    path("me/who-looked/", views.who_looked, name="who_looked"),
]
