from django.urls import path

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("profile/doctor/", views.doctor_profile, name="doctor_profile"),
    path("profile/photo/", views.change_photo, name="change_photo"),
    path("profile/photo/remove/", views.remove_photo, name="remove_photo"),
    path("people/<uuid:uid>/photo/", views.photo, name="photo"),
    path("security/", views.security, name="security"),
    path("close/", views.close, name="close"),
    path("closed/", views.closed, name="closed"),
    path("terms/", views.terms, name="terms"),
]
