"""Addresses of the judging room."""

from django.urls import path

from fengcai.web.judge import desk, room

AT = "c/<slug:slug>/judge/<slug:round_id>/"

urlpatterns = [
    path("c/<slug:slug>/judge/", desk.rounds, name="judge-room"),
    path(AT, desk.stack, name="judge-stack"),
    path(f"{AT}commitment/", desk.commitment, name="judge-commitment"),
    path(f"{AT}conflict/", desk.conflict, name="judge-conflict"),
    path(f"{AT}hand-in/", desk.hand_in, name="judge-hand-in"),
    path(f"{AT}sheets/", desk.sheets, name="judge-sheets"),
    path(f"{AT}<uuid:entry_id>/", room.work, name="judge-work"),
    path(f"{AT}<uuid:entry_id>/marks", room.save, name="judge-save"),
    path(f"{AT}<uuid:entry_id>/notes", room.note, name="judge-note"),
    path(f"{AT}<uuid:entry_id>/notes/<int:note_id>", room.forget, name="judge-note-delete"),
]
