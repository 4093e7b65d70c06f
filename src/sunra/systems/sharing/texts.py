"""Words for the codes that the table reader gives: kinds, reasons, remedies, warnings."""

from django.utils.translation import gettext_lazy as _

from sunra.platform.base.errors import Text
from sunra.systems.sharing import field_texts

KINDS = {
    "cctv": _("CCTV cameras"),
    "security_light": _("Security lights"),
    "street_lamp": _("Smart street lamps"),
    "emergency_bell": _("Emergency bells"),
    "enforcement_camera": _("Traffic enforcement cameras"),
    "child_zone": _("Child protection zones"),
    "police_office": _("Police offices"),
    "school": _("Schools"),
    "subway_station": _("Subway stations"),
    "bus_stop": _("Bus stops"),
    "park": _("Parks"),
    "licence": _("Business licences"),
    "safe_house": _("Safe houses"),
    "locker": _("Safe parcel lockers"),
    "cpted_site": _("Sites of crime prevention by design"),
    "safe_return": _("Safe-return routes"),
    "road": _("Streets"),
    "boundary": _("Boundaries"),
    "patrol": _("Planned patrols"),
    "call112": _("112 calls"),
    "accident_event": _("Traffic accidents"),
    "accident_hotspot": _("Accident hot spots"),
    "accident_table": _("Accident figures"),
    "crime_table": _("Crime figures by station"),
    "population": _("Residents"),
    "unknown": _("Not recognised"),
}

REASONS = {
    "ambiguous_dong": _("The file gives the name of this dong to places in other legal dongs too."),
    "cut_off": _("The file ends in the middle of this row."),
    "clearance_row": _("The row counts cleared cases, not cases."),
    "no_location": _("No coordinates, and the address names no legal dong of the district."),
    "bad_coordinate": _("The coordinates are not numbers."),
    "outside_korea": _("The point lies outside Korea."),
    "at_sea": _("The point lies in the sea."),
    "outside_district": _("The point lies more than 300 m outside the district of its address."),
    "unknown_crs": _("The coordinate system of the numbers cannot be recognised."),
    "bad_number": _("The value is not a number."),
    "impossible_count": _("The count is impossibly high."),
    "bad_time": _("The date or time cannot be read."),
    "field_count": _("The row has another number of fields than the header."),
    "field_too_long": _("A field is longer than any real value."),
    "empty_row": _("The row is empty."),
    "total_row": _("The row is a total of other rows."),
    "no_geometry": _("The feature has no line."),
    "withheld_family": _("Events of this kind never enter maps of small areas."),
    "unknown_category": _("The kind of event is not in the code table."),
    "void_ending": _("The call was false, mistaken, a test or a repetition."),
    "unit_missing": _("The row does not say which area it counts."),
    "header_row": _("The row repeats the column names."),
    "withheld_value": _("The source withholds the value because it is small."),
    "unknown_cell": _("The number of the grid cell cannot be read."),
    "no_area": _("The feature has no area."),
    "unknown_kind": _("The columns fit no known kind of table."),
}

REMEDIES = {
    "add_coordinates": _("Add longitude and latitude, or an address with its legal dong."),
    "correct_coordinates": _("Correct the coordinates of this row at the source."),
    "correct_value": _("Correct the value of this field at the source."),
    "complete_row": _("Export the file again; this row has too few or too many fields."),
    "name_crs": _("Say which coordinate system the file uses, or give longitude and latitude."),
    "map_columns": _("Send the file in a standard form, or say what the columns mean."),
    "none_needed": _("Nothing to do; the row is left out on purpose."),
    "export_again": _("Export the file again from its system, complete and unpacked."),
    "save_utf8": _("Save the file as UTF-8 or CP949 and send it again."),
    "close_quote": _("Close the quotation mark on this line, or export the file again."),
    "split_file": _("Send the file in parts, each within the limits."),
    "other_format": _("Send the table as CSV, XLSX, GeoJSON or shapefile."),
    "ask_again": _("Ask the interface again, with a valid key and the right area and year."),
    "add_rows": _("Export the file again; it holds column names only."),
    "one_table": _("Unpack the archive and send one table at a time."),
    "copy_into_folder": _("Copy the file itself into the folder."),
    "treat_persons": _("Remove the columns, or let your data officer say what becomes of them."),
}

WARNINGS = {
    "rows_cut": _("Exactly as many rows as an export limit: the file may be cut off."),
    "excel_year_lost": _("Installation dates read 1905-07: the year was typed into a date cell and is lost."),
    "future_date": _("Dates lie after the reference date; they were dropped."),
    "future_month": _("Dates lie after the reference date; they were dropped."),
    "bad_date": _("Dates that cannot be read were dropped."),
    "reference_date_differs": _(
        "The reference date differs by more than a month from the date in the file name."
    ),
    "count_missing": _("Rows without a count were taken as one."),
    "swapped_axes": _("Longitude and latitude stood in each other's column and were exchanged."),
    "crs_guessed": _("The coordinate system was guessed from the numbers alone."),
    "outside_district_near": _("Points lie up to 300 m outside the district of their address."),
    "outside_border_near": _("Points lie just outside every legal dong."),
    "placed_by_address": _("Rows without coordinates were placed at their legal dong."),
    "placed_by_admin": _("Of these, some are known to an administrative dong of several legal dongs only."),
    "placed_by_road": _("Of these, some were placed by a road or lot that rows with coordinates prove."),
    "repeated_ids": _("Identifiers occur more than once; these rows are known by their content instead."),
    "placeholder_ids": _("Identifiers hold a dash or zeros; these rows are known by their content instead."),
    "impossible_value": _("Values that cannot be true were dropped."),
    "bad_value": _("Values that are no number, or neither yes nor no, were dropped."),
    "unlisted_code": _("Codes or labels that the standard does not list were kept as written."),
    "unit_guessed": _("Lengths too long to be kilometres were read as metres."),
    "speed_missing": _("Cameras that measure speed state no speed limit."),
    "month_ambiguous": _("Months read .1, which can be January or October; the year alone was kept."),
    "zone_cameras_missing": _("Zones have cameras according to the file, but no count of them."),
    "zone_cameras_denied": _("Zones count cameras although the file says they have none."),
    "state_differs": _("Businesses are open by their state and closed by their closing date."),
    "point_number_differs": _("Points lie in another cell than their national point number says."),
    "broken_text": _("Characters were lost before the file was written: question marks stand in names."),
    "phone_removed": _("Telephone numbers stood in names or addresses; they were removed."),
    "ambiguous_header": _("Column names occur twice (January and October look alike); their order decided."),
    "totals_differ": _("Counts do not add up to the totals that the file itself gives."),
    "not_recorded": _("Periods with nothing but dashes were not recorded; they were left out."),
    "mixed_units": _("Police stations bear names of districts; they were read as stations."),
    "unknown_dongs": _("Dongs that no code table knows; their residents count nowhere."),
    "missing_districts": _("Most districts of the province are in the file, but some are missing."),
    "unnamed_columns": _("Columns have no name; what they count is lost."),
    "part_of_answer": _("The service holds more rows than this answer; the other pages are missing."),
    "other_features": _("Other map features than streets were left out."),
    "formulas": _("Cells begin like formulas; they were kept as text."),
    "computed_cells": _("Cells are computed by formulas; the values last saved were read."),
    "uncomputed_cells": _("Formulas were saved without their values; these cells are empty."),
    "bad_geometry": _("Outlines that cannot be read were left out; the point stays."),
    "graph_in_pieces": _("The streets do not hang together: they form several networks."),
    "road_surfaces": _("The file holds the surfaces of roads, not their centre lines."),
    "outline_gaps": _("The areas leave parts of their districts uncovered."),
    "crs_doubtful": _("The areas fit the true districts badly: their coordinates were converted wrongly."),
    "crs_differs": _("The coordinate system that the file names is wrong; the one that fits was taken."),
    "quotes_inside": _("Quotation marks stand inside fields."),
    "other_sheets": _("The workbook has more sheets with rows; only the first was read."),
    "text_repaired": _("Text stored in two halves was joined again."),
    "year_unknown": _("The table does not say its year."),
    "no_columns": _("The shapefile has no attribute table (.dbf)."),
    "unknown_encoding": _("The encoding of the attribute table is unknown."),
    "cut_off": _("The last row ends in the middle."),
    "outside_district_far": _("Streets reach more than 300 m beyond the district they are filed under."),
    "newer_here": _(
        "The same folder holds a newer file of this series, which is in use; this one is kept as history."
    ),
    "kept_before": _("No row of this file could be used, so what an earlier file gave stays in use."),
}

ERRORS = {
    "service_error": _("The file is an error message of the interface it came from."),
    "no_rows": _("The answer of the interface holds no rows."),
    "person_columns": _("The file has columns about persons; it was not taken in and is not kept."),
    "outside_folder": _("The file is a link that leads out of the folder; it was not opened."),
    "unreadable": _("The file cannot be opened."),
    "empty_file": _("The file is empty."),
    "not_a_table": _("The file is damaged or is no table."),
    "unsupported_format": _("Files of this format are not read."),
    "too_large": _("The file is larger than allowed, or claims to be."),
    "too_deep": _("The file is nested too deeply."),
    "bad_encoding": _("The text is neither UTF-8 nor CP949."),
    "unclosed_quote": _("A quotation mark is never closed."),
    "header_only": _("The file has column names and no rows."),
    "xml_entities": _("The file declares XML entities, which are not allowed."),
    "many_tables": _("The archive holds more than one table."),
    "bad_mapping": _("The columns that were named for this table are not in it."),
}

DIFFERENCES = {
    "added": _("Added"),
    "changed": _("Changed"),
    "moved": _("Moved"),
    "gone": _("Gone"),
}

SUSPICIONS = {
    "rows_cut": _("Exactly as many rows as an export limit: the file may be cut off."),
    "many_gone": _("More than a fifth of the rows in use are gone."),
    "many_moved": _("More than a fifth of the rows in use moved."),
    "many_changed": _("More than half of the rows in use changed."),
    "doubled": _("More than twice as many rows as in use: the file may hold another area, or rows twice."),
    "no_change": _("Nothing differs from what is in use."),
    "much_aside": _("More than a fifth of the rows were put aside."),
    "other_place": _("Most rows lie outside the district."),
    "older": _("The data are older than those in use."),
}

FIELDS = {
    "lon": _("Longitude (X)"),
    "lat": _("Latitude (Y)"),
    "lot_address": _("Address by lot"),
    "road_address": _("Address by street"),
    "address": _("Address"),
    "agency": _("Agency in charge"),
    "reference_date": _("Reference date"),
    "name": _("Name"),
    "id": _("Number of the thing"),
    "cameras": _("Number of cameras"),
    "lamps": _("Number of lamps"),
    "bells": _("Number of bells"),
    "count": _("Count"),
    "purpose": _("Purpose"),
    "installed": _("Installed in"),
    "level": _("Level"),
    "station": _("Police station"),
    "province": _("Police agency"),
    "unit": _("Office"),
    "division": _("Division"),
    "centre": _("Safety centre"),
    "day": _("Day"),
    "time": _("Time"),
    "code": _("Kind of event"),
    "ending": _("How it ended"),
    "position": _("Position"),
    "geometry": _("Outline"),
    "category": _("Category"),
    "family": _("Family"),
    "weight": _("Weight"),
}

REPORT = (_("File"), _("Line"), _("Field"), _("Reason"), _("Value"), _("What to do"))


def field(code: str) -> Text:
    """The word for a field of a table; a column's own name stays as it is."""
    return FIELDS[code] if code in FIELDS else field_texts.field(code)


def difference(code: str) -> Text:
    """How a row differs from the vintage in use."""
    return DIFFERENCES.get(code, code)


def suspicion(code: str) -> Text:
    """What looks wrong about a vintage."""
    return SUSPICIONS.get(code, code)


def kind(code: str) -> Text:
    """The word for a kind of table."""
    return KINDS.get(code, code)


def reason(code: str) -> Text:
    """Why a row was put aside."""
    return REASONS.get(code, ERRORS.get(code, code))


def remedy(code: str) -> Text:
    """What mends it."""
    return REMEDIES.get(code, code)


def warning(code: str) -> Text:
    """What is odd about a file, or why it was refused."""
    return WARNINGS.get(code, ERRORS.get(code, code))
