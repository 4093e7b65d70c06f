"""Addresses of patrols."""

from django.urls import path

from sunra.systems.patrols import intake
from sunra.systems.patrols.pages import duty, effects, groups, hazards, live, lots, people, plans, signs

app_name = "patrols"
urlpatterns = [
    path("", plans.latest, name="plan"),
    path("<uuid:plan_id>/", plans.plan, name="plan_detail"),
    path("<uuid:plan_id>/confirm/", plans.confirm, name="confirm"),
    path("<uuid:plan_id>/plan.geojson", plans.geojson, name="geojson"),
    path("<uuid:plan_id>/plan.gpx", plans.gpx, name="gpx"),
    path("<uuid:plan_id>/plan.pdf", plans.pdf, name="pdf"),
    path("shifts/", duty.shifts, name="shifts"),
    path("shifts/recall/", duty.recall, name="recall"),
    path("shifts/rules/", duty.rules, name="duty_rules"),
    path("shifts/<uuid:shift_id>/", duty.shift, name="shift"),
    path("shifts/<uuid:shift_id>/invite/", duty.invite, name="shift_invite"),
    path("shifts/<uuid:shift_id>/here/", duty.here, name="shift_here"),
    path("shifts/<uuid:shift_id>/say/", duty.say, name="shift_say"),
    path("phones/<uuid:pass_id>/revoke/", duty.revoke, name="phone_revoke"),
    path("alarms/<uuid:alarm_id>/see/", duty.see, name="alarm_see"),
    path("alarms/<uuid:alarm_id>/close/", duty.close, name="alarm_close"),
    path("live/", live.board, name="live"),
    path("live/now/", live.now, name="live_now"),
    path("live/teams.geojson", live.places, name="live_places"),
    path("live/stream/", live.stream, name="live_stream"),
    path("live/say/", live.say, name="live_say"),
    path("live/recall/", live.recall, name="live_recall"),
    path("live/<uuid:shift_id>/ask/", live.ask, name="live_ask"),
    path("live/alarms/<uuid:alarm_id>/close/", live.close, name="live_close"),
    path("hazards/", hazards.hazards, name="hazards"),
    path("hazards/<uuid:hazard_id>/", hazards.hazard, name="hazard"),
    path("hazards/<uuid:hazard_id>/photo/", hazards.picture, name="hazard_photo"),
    path("<uuid:plan_id>/signs/", signs.signs, name="signs"),
    path("effects/", effects.effects, name="effects"),
    path("lot/", lots.rules, name="lot_rules"),
    path("organisations/", groups.organisations, name="organisations"),
    path("organisations/import/", intake.intake, name="intake"),
    path("organisations/template.csv", intake.template, name="template"),
    path("organisations/export.csv", intake.export, name="export"),
    path("organisations/<uuid:organisation_id>/", groups.organisation, name="organisation"),
    path("members/", people.members, name="members"),
    path("members/new/", people.new, name="member_new"),
    path("members/<uuid:member_id>/", people.member, name="member"),
    path("members/<uuid:member_id>/change/", people.change, name="member_change"),
    path("members/<uuid:member_id>/step/", people.step, name="member_step"),
    path("members/<uuid:member_id>/withdraw/", people.withdraw, name="member_withdraw"),
]
