"""The parts of an HWPX file that hold no content of ours: names, page, letters, package."""

DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_HWPML = "http://www.hancom.co.kr/hwpml/2011"
_OPF = "http://www.idpf.org/2007/opf/"
_ODF = "urn:oasis:names:tc:opendocument:xmlns"
NAMES = (
    f'xmlns:hp="{_HWPML}/paragraph" xmlns:hs="{_HWPML}/section"'
    f' xmlns:hh="{_HWPML}/head" xmlns:hc="{_HWPML}/core"'
)
LANGUAGES = ("HANGUL", "LATIN", "HANJA", "JAPANESE", "OTHER", "SYMBOL", "USER")
FONT = "함초롬바탕"

VERSION = (
    f'{DECLARATION}<hv:HCFVersion xmlns:hv="http://www.hancom.co.kr/hwpml/2011/version"'
    ' tagetApplication="WORDPROCESSOR" major="5" minor="1" micro="0" buildNumber="1" os="1"'
    ' xmlVersion="1.4" application="Sunra" appVersion="1"/>'
)
SETTINGS = (
    f'{DECLARATION}<ha:HWPApplicationSetting xmlns:ha="{_HWPML}/app">'
    '<ha:CaretPosition listIDRef="0" paraIDRef="0" pos="0"/></ha:HWPApplicationSetting>'
)
CONTAINER = (
    f'{DECLARATION}<ocf:container xmlns:ocf="{_ODF}:container"><ocf:rootfiles>'
    '<ocf:rootfile full-path="Contents/content.hpf"'
    ' media-type="application/hwpml-package+xml"/></ocf:rootfiles></ocf:container>'
)
MANIFEST = f'{DECLARATION}<odf:manifest xmlns:odf="{_ODF}:manifest:1.0"/>'
PAGE = (
    '<hp:run charPrIDRef="0"><hp:secPr id="" textDirection="HORIZONTAL" spaceColumns="1134"'
    ' tabStop="8000" outlineShapeIDRef="0" memoShapeIDRef="0" textVerticalWidthHead="0"'
    ' masterPageCnt="0"><hp:startNum pageStartsOn="BOTH" page="0" pic="0" tbl="0" equation="0"/>'
    '<hp:pagePr landscape="WIDELY" width="59528" height="84188" gutterType="LEFT_ONLY">'
    '<hp:margin header="4252" footer="4252" gutter="0" left="8504" right="8504" top="5668"'
    ' bottom="4252"/></hp:pagePr></hp:secPr><hp:ctrl><hp:colPr id="" type="NEWSPAPER"'
    ' layout="LEFT" colCount="1" sameSz="1" sameGap="0"/></hp:ctrl></hp:run>'
)


def section(body: str) -> str:
    """The one section around its paragraphs (XML)."""
    return f"{DECLARATION}<hs:sec {NAMES}>{body}</hs:sec>"


def package(title: str) -> str:
    """The list of parts and their reading order; `title` is already safe in XML."""
    return (
        f'{DECLARATION}<opf:package xmlns:opf="{_OPF}" version="" unique-identifier="" id="">'
        f"<opf:metadata><opf:title>{title}</opf:title><opf:language>ko</opf:language>"
        "</opf:metadata><opf:manifest>"
        '<opf:item id="header" href="Contents/header.xml" media-type="application/xml"/>'
        '<opf:item id="section0" href="Contents/section0.xml" media-type="application/xml"/>'
        '<opf:item id="settings" href="settings.xml" media-type="application/xml"/>'
        '</opf:manifest><opf:spine><opf:itemref idref="header" linear="yes"/>'
        '<opf:itemref idref="section0" linear="yes"/></opf:spine></opf:package>'
    )


def header() -> str:
    """Letters, borders and styles the section refers to by number."""
    return (
        f'{DECLARATION}<hh:head {NAMES} version="1.4" secCnt="1">'
        '<hh:beginNum page="1" footnote="1" endnote="1" pic="1" tbl="1" equation="1"/>'
        f"<hh:refList>{_fonts()}{_borders()}"
        f'<hh:charProperties itemCnt="2">{_letters(0, 1000)}{_letters(1, 1600, "<hh:bold/>")}'
        '</hh:charProperties><hh:tabProperties itemCnt="1">'
        '<hh:tabPr id="0" autoTabLeft="0" autoTabRight="0"/></hh:tabProperties>'
        f'<hh:paraProperties itemCnt="1">{_lines()}</hh:paraProperties>'
        '<hh:styles itemCnt="1"><hh:style id="0" type="PARA" name="바탕글" engName="Normal"'
        ' paraPrIDRef="0" charPrIDRef="0" nextStyleIDRef="0" langID="1042" lockForm="0"/>'
        '</hh:styles></hh:refList><hh:compatibleDocument targetProgram="HWP201X">'
        "<hh:layoutCompatibility/></hh:compatibleDocument></hh:head>"
    )


def _fonts() -> str:
    faces = "".join(
        f'<hh:fontface lang="{language}" fontCnt="1">'
        f'<hh:font id="0" face="{FONT}" type="TTF" isEmbedded="0"/></hh:fontface>'
        for language in LANGUAGES
    )
    return f'<hh:fontfaces itemCnt="{len(LANGUAGES)}">{faces}</hh:fontfaces>'


def _borders() -> str:
    """Number 1 draws nothing; number 2 draws a thin line around a cell."""
    fills = "".join(
        f'<hh:borderFill id="{number}" threeD="0" shadow="0" centerLine="NONE"'
        ' breakCellSeparateLine="0"><hh:slash type="NONE" Crooked="0" isCounter="0"/>'
        '<hh:backSlash type="NONE" Crooked="0" isCounter="0"/>'
        + "".join(
            f'<hh:{side}Border type="{kind}" width="0.12 mm" color="#000000"/>'
            for side in ("left", "right", "top", "bottom")
        )
        + "</hh:borderFill>"
        for number, kind in ((1, "NONE"), (2, "SOLID"))
    )
    return f'<hh:borderFills itemCnt="2">{fills}</hh:borderFills>'


def _letters(number: int, height: int, weight: str = "") -> str:
    def each(name: str, value: int) -> str:
        values = " ".join(f'{language.lower()}="{value}"' for language in LANGUAGES)
        return f"<hh:{name} {values}/>"

    return (
        f'<hh:charPr id="{number}" height="{height}" textColor="#000000" shadeColor="none"'
        ' useFontSpace="0" useKerning="0" symMark="NONE" borderFillIDRef="1">'
        f"{each('fontRef', 0)}{each('ratio', 100)}{each('spacing', 0)}{each('relSz', 100)}"
        f"{each('offset', 0)}{weight}</hh:charPr>"
    )


def _lines() -> str:
    sides = "".join(
        f'<hc:{side} value="0" unit="HWPUNIT"/>' for side in ("intent", "left", "right", "prev", "next")
    )
    return (
        '<hh:paraPr id="0" tabPrIDRef="0" condense="0" fontLineHeight="0" snapToGrid="1"'
        ' suppressLineNumbers="0" checked="0"><hh:align horizontal="LEFT" vertical="BASELINE"/>'
        '<hh:heading type="NONE" idRef="0" level="0"/>'
        '<hh:breakSetting breakLatinWord="KEEP_WORD" breakNonLatinWord="KEEP_WORD"'
        ' widowOrphan="0" keepWithNext="0" keepLines="0" pageBreakBefore="0" lineWrap="BREAK"/>'
        f"<hh:margin>{sides}</hh:margin>"
        '<hh:lineSpacing type="PERCENT" value="160" unit="HWPUNIT"/></hh:paraPr>'
    )
