from django.urls import path

from records.prescribing import views

app_name = "prescribing"

urlpatterns = [path("me/prescriptions/", views.mine, name="mine")]
