// Where a point lies on the national grid: EPSG:5179 (GRS80, transverse Mercator), its 100 m cell, and the
// 국가지점번호 to 10 m that is told to 112. Series of the transverse Mercator: Snyder, USGS PP 1395, 8-9ff.

const A = 6378137, F = 1 / 298.257222101;
const E2 = F * (2 - F), EP2 = E2 / (1 - E2);
const LAT0 = (38 * Math.PI) / 180, LON0 = (127.5 * Math.PI) / 180, K0 = 0.9996;
const EAST0 = 1_000_000, NORTH0 = 2_000_000;
const SQUARE = 100_000, EAST = 700_000, NORTH = 1_300_000;
const EAST_LETTERS = "가나다라마바사", NORTH_LETTERS = "가나다라마바사아";
const DIGITS = ["공", "하나", "둘", "삼", "넷", "오", "여섯", "칠", "팔", "아홉"];

/** Length of the meridian from the equator to a latitude in radians. */
function meridian(lat) {
  return A * ((1 - E2 / 4 - (3 * E2 ** 2) / 64 - (5 * E2 ** 3) / 256) * lat
    - ((3 * E2) / 8 + (3 * E2 ** 2) / 32 + (45 * E2 ** 3) / 1024) * Math.sin(2 * lat)
    + ((15 * E2 ** 2) / 256 + (45 * E2 ** 3) / 1024) * Math.sin(4 * lat)
    - ((35 * E2 ** 3) / 3072) * Math.sin(6 * lat));
}

/** Easting and northing (EPSG:5179, metres) of a longitude and latitude in degrees. */
export function project(lon, lat) {
  const phi = (lat * Math.PI) / 180, lambda = (lon * Math.PI) / 180;
  const n = A / Math.sqrt(1 - E2 * Math.sin(phi) ** 2);
  const t = Math.tan(phi) ** 2, c = EP2 * Math.cos(phi) ** 2, a = (lambda - LON0) * Math.cos(phi);
  const x = K0 * n * (a + ((1 - t + c) * a ** 3) / 6
    + ((5 - 18 * t + t * t + 72 * c - 58 * EP2) * a ** 5) / 120);
  const y = K0 * (meridian(phi) - meridian(LAT0) + n * Math.tan(phi) * (a ** 2 / 2
    + ((5 - t + 9 * c + 4 * c * c) * a ** 4) / 24
    + ((61 - 58 * t + t * t + 600 * c - 330 * EP2) * a ** 6) / 720));
  return [EAST0 + x, NORTH0 + y];
}

/** The 100 m cell of a point. */
export function cellOf(lon, lat) {
  return project(lon, lat).map((value) => Math.floor(value / 100));
}

/** The printed number to 10 m ("다사 5444 4663"); "" beyond the grid. */
export function pointNumber(lon, lat) {
  const [east, north] = project(lon, lat);
  const column = Math.floor((east - EAST) / SQUARE), row = Math.floor((north - NORTH) / SQUARE);
  if (!(EAST_LETTERS[column] && NORTH_LETTERS[row])) return "";
  const digits = (value) => String(Math.floor((value % SQUARE) / 10)).padStart(4, "0");
  return `${EAST_LETTERS[column]}${NORTH_LETTERS[row]} ${digits(east)} ${digits(north)}`;
}

/** The number as it is said on the telephone, digit by digit as the emergency services say them. */
export function spoken(number) {
  const [letters, ...parts] = number.split(" ");
  const say = (part) => [...part].map((digit) => DIGITS[Number(digit)]).join(" ");
  return [letters.split("").join(" "), ...parts.map(say)].join(", ");
}
