"""The demonstration district: an invented town inside real borders.

What is real: the border of the district, its legal dongs (법정동), their names and codes, the national grid.
What is invented: everything else. Streets, hills and centres; cameras, lights, bells, police offices and
their names; residents, 112 calls, accidents; patrol organisations, members, teams, names and telephone
numbers. No row was taken from, fitted to, or checked against the real district: nothing here says anything
about it.

The same seed and day give the same bytes. Every page that shows this data says "demonstration data", and no
accuracy figure ever comes from it: it would only tell how well we know our own generator.

``generate.write(folder, today=...)`` writes the files in the shapes that real agencies deliver, so that the
demonstration runs through the same readers as real data:

``data/``: what ``sunra tonight --data`` reads, CCTV, security lights, bells, police offices, streets,
112 calls, accidents. ``people/``: patrol organisations, members, tonight's teams. ``context/``: residents.
"""

NOTICE = "Demonstration data: real borders and legal dongs of the district, everything else is generated."
NOTICE_KO = "시연용 자료입니다. 구와 법정동의 경계만 실제이며 나머지는 모두 생성한 것입니다."
NO_FIGURES = "No accuracy figure ever comes from demonstration data."
NO_FIGURES_KO = "시연용 자료로는 어떤 정확도 수치도 내지 않습니다."
