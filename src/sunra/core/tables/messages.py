"""Every code this package gives out, in English, for the layers above to translate.

``REASONS``: reason of a quarantined row → (sentence, remedy code). ``REMEDIES``: remedy code → sentence.
``WARNINGS``: what is odd about a file. ``ERRORS``: why a whole file was refused → (sentence, remedy code).
"""

REMEDIES: dict[str, str] = {
    "add_coordinates": "Add longitude and latitude, or an address with its legal dong (법정동).",
    "correct_coordinates": "Correct the coordinates of this row at the source.",
    "correct_value": "Correct the value of this field at the source.",
    "complete_row": "Export the file again; this row has too few or too many fields.",
    "name_crs": "Say which coordinate system the file uses, or give longitude and latitude.",
    "map_columns": "Say what the columns mean, or send the file in a standard form.",
    "none_needed": "Nothing to do; the row is left out on purpose.",
    "export_again": "Export the file again from its system, complete and unpacked.",
    "save_utf8": "Save the file as UTF-8 or CP949 and send it again.",
    "close_quote": "Close the quotation mark on this line, or export the file again.",
    "split_file": "Send the file in parts, each within the limits.",
    "other_format": "Send the table as CSV, XLSX, GeoJSON or shapefile.",
    "add_rows": "Export the file again; it holds column names only.",
    "one_table": "Unpack the archive and send one table at a time.",
}

REASONS: dict[str, tuple[str, str]] = {
    "no_location": (
        "The row has no coordinates, and its address names no legal dong of the district.",
        "add_coordinates",
    ),
    "ambiguous_dong": (
        "The file gives the name of this dong to places in other legal dongs too.",
        "add_coordinates",
    ),
    "bad_coordinate": ("The coordinates are not numbers.", "correct_coordinates"),
    "outside_korea": ("The point lies outside Korea.", "correct_coordinates"),
    "at_sea": ("The point lies in the sea.", "correct_coordinates"),
    "outside_district": (
        "The point lies more than 300 m outside the district of its address.",
        "correct_coordinates",
    ),
    "unknown_crs": ("The coordinate system of the numbers cannot be recognised.", "name_crs"),
    "bad_number": ("The value is not a number.", "correct_value"),
    "impossible_count": ("The count is impossibly high.", "correct_value"),
    "bad_time": ("The date or time cannot be read.", "correct_value"),
    "field_count": ("The row has another number of fields than the header.", "complete_row"),
    "field_too_long": ("A field is longer than any real value.", "correct_value"),
    "cut_off": ("The file ends in the middle of this row.", "complete_row"),
    "empty_row": ("The row is empty.", "none_needed"),
    "total_row": ("The row is a total of other rows.", "none_needed"),
    "clearance_row": ("The row counts cleared cases, not cases.", "none_needed"),
    "no_geometry": ("The feature has no line.", "correct_coordinates"),
    "withheld_family": ("Events of this kind never enter maps of small areas.", "none_needed"),
    "unknown_category": ("The kind of event is not in the code table.", "correct_value"),
    "void_ending": ("The call was false, mistaken, a test or a repetition.", "none_needed"),
    "unit_missing": ("The row does not say which area it counts.", "correct_value"),
    "header_row": ("The row repeats the column names.", "none_needed"),
    "withheld_value": ("The source withholds the value because it is small (*).", "none_needed"),
    "unknown_cell": ("The number of the grid cell cannot be read.", "correct_value"),
    "unknown_kind": ("The columns fit no known kind of table.", "map_columns"),
}

WARNINGS: dict[str, str] = {
    "rows_cut": "Exactly as many rows as an export limit (10,000, a spreadsheet's end): perhaps cut off.",
    "excel_year_lost": "Installation dates read 1905-07: the year was typed into a date cell and is lost.",
    "future_date": "Installation years lie after the reference date; they were dropped.",
    "future_month": "Installation months lie after the reference date; the year alone was kept.",
    "cut_off": "The last row ends in the middle.",
    "outside_district_far": "Streets reach more than 300 m beyond the district that they are filed under.",
    "bad_date": "Dates that cannot be read were dropped.",
    "reference_date_differs": "The reference date is more than a month from the date in the file name.",
    "count_missing": "Rows without a count were taken as one.",
    "swapped_axes": "Longitude and latitude stood in each other's column and were exchanged.",
    "crs_guessed": "The coordinate system was guessed from the numbers alone; no address confirmed it.",
    "outside_district_near": "Points lie up to 300 m outside the district of their address.",
    "outside_border_near": "Points lie just outside every legal dong.",
    "placed_by_address": "Rows without coordinates were placed at their legal dong.",
    "repeated_ids": "Identifiers occur more than once; these rows are known by their content instead.",
    "placeholder_ids": "Identifiers hold a dash or zeros; these rows are known by their content instead.",
    "impossible_value": "Values that cannot be true were dropped (no pixels, a street a kilometre wide).",
    "bad_value": "Values that are no number, or neither yes nor no, were dropped.",
    "unlisted_code": "Codes or labels that the standard does not list were kept as written.",
    "unit_guessed": "Lengths too long to be kilometres were read as metres.",
    "speed_missing": "Cameras that measure speed state no speed limit.",
    "month_ambiguous": "Months read .1, which can be January or October; the year alone was kept.",
    "zone_cameras_missing": "Zones have cameras according to the file, but no count of them.",
    "zone_cameras_denied": "Zones count cameras although the file says they have none.",
    "state_differs": "Businesses are open by their state and closed by their closing date.",
    "point_number_differs": "Points lie in another cell than their national point number says.",
    "broken_text": "Characters were lost before the file was written: question marks stand inside names.",
    "phone_removed": "Telephone numbers stood in names or addresses; they were removed.",
    "quotes_inside": "Quotation marks stand inside fields.",
    "other_sheets": "The workbook has more sheets; only the first with rows was read.",
    "text_repaired": "Text stored in two halves was joined again.",
    "year_unknown": "The table does not say its year.",
    "ambiguous_header": "Column names such as 2005.1 occur twice (January and October look alike); their order decided.",
    "totals_differ": "Counts do not add up to the totals that the file itself gives.",
    "not_recorded": "Periods with nothing but dashes for every area were not recorded; they were left out.",
    "mixed_units": "Police stations bear names of districts; they were read as stations, never as districts.",
    "missing_districts": "Most districts of the province are in the file, but some are missing.",
    "unnamed_columns": "Columns have no name; what they count is lost.",
    "no_columns": "The shapefile has no attribute table (.dbf).",
    "unknown_encoding": "The encoding of the attribute table is unknown.",
}  # fmt: skip

ERRORS: dict[str, tuple[str, str]] = {
    "unreadable": ("The file cannot be opened.", "export_again"),
    "empty_file": ("The file is empty.", "export_again"),
    "not_a_table": ("The file is damaged or is no table.", "export_again"),
    "unsupported_format": ("Files of this format are not read.", "other_format"),
    "too_large": ("The file is larger than allowed, or claims to be.", "split_file"),
    "too_deep": ("The file is nested too deeply.", "one_table"),
    "bad_encoding": ("The text is neither UTF-8 nor CP949.", "save_utf8"),
    "unclosed_quote": ("A quotation mark is never closed.", "close_quote"),
    "header_only": ("The file has column names and no rows.", "add_rows"),
    "xml_entities": ("The file declares XML entities, which are not allowed.", "export_again"),
    "many_tables": ("The archive holds more than one table.", "one_table"),
}


def remedy_of(code: str) -> str:
    """The remedy code for a quarantine reason or a file error."""
    found = REASONS.get(code) or ERRORS.get(code)
    return found[1] if found else "correct_value"
