"""The app's addresses."""

from django.urls import path

from sunra.platform.accounts.pages import keys, own, people, rules

app_name = "accounts"
urlpatterns = [
    path("me/", own.me, name="me"),
    path("me/switch/", own.switch, name="switch"),
    path("me/sessions/<int:pk>/end/", own.end_session, name="end_session"),
    path("people/", people.index, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/invitations/<uuid:pk>/withdraw/", people.withdraw, name="withdraw"),
    path("people/<uuid:pk>/", people.membership, name="membership"),
    path("people/<uuid:pk>/end/", people.end, name="end"),
    path("people/<uuid:pk>/factors/", people.reset_factors, name="reset_factors"),
    path("join/<str:token>/", people.join, name="join"),
    path("keys/", keys.index, name="keys"),
    path("keys/<uuid:pk>/", keys.detail, name="key"),
    path("keys/<uuid:pk>/revoke/", keys.revoke, name="revoke_key"),
    path("rules/", rules.rules, name="rules"),
]
