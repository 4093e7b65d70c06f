// Keeps the live board fresh: a stream of changes, or a question every ten seconds when none comes through.

const words = JSON.parse(document.getElementById("live-words").textContent);
const body = document.querySelector("[data-live-rows]");
const status = document.querySelector("[data-live-status]");
const alarms = document.querySelector("[data-live-alarms]");
const teams = new Map();
const POLL = 10_000;
let known = "";
let polling = 0;

function cell(row, text, kind = "td", number = false) {
  const made = document.createElement(kind);
  if (kind === "th") made.scope = "row";
  if (number) made.className = "number";
  made.append(text);
  row.append(made);
}

function fill(row, team) {
  row.replaceChildren();
  const link = document.createElement("a");
  link.href = body.dataset.link.replace("00000000-0000-0000-0000-000000000000", team.id);
  link.textContent = team.name;
  cell(row, link, "th");
  cell(row, team.district);
  cell(row, words.kinds[team.kind] ?? team.kind);
  cell(row, team.cell || "–");
  const state = document.createElement("span");
  const tag = document.createElement("span");
  tag.className = `tag ${words.tones[team.state]}`;
  tag.textContent = words.states[team.state];
  state.append(tag, ` ${team.alarms.map((kind) => words.alarms[kind] ?? kind).join(", ")}`);
  cell(row, state);
  cell(row, team.seen || words.nothing, "td", true);
  cell(row, team.ends, "td", true);
  const heads = [...body.closest("table").querySelectorAll("thead th")];
  [...row.cells].forEach((one, i) => {
    one.dataset.label = heads[i].textContent.trim();
    one.setAttribute("role", i ? "cell" : "rowheader");
  });
}

function draw(board) {
  if (board.whole) {
    for (const id of [...teams.keys()]) if (!board.teams.some((team) => team.id === id)) teams.delete(id);
  }
  for (const id of board.gone) teams.delete(id);
  for (const team of board.teams) teams.set(team.id, team);
  const rows = new Map([...body.rows].map((row) => [row.dataset.row, row]));
  for (const [id, row] of rows) if (!teams.has(id)) row.remove();
  for (const team of board.teams) {
    let row = rows.get(team.id);
    if (!row) {
      row = body.insertRow();
      row.dataset.row = team.id;
      row.setAttribute("role", "row");
    }
    // A link that has the keyboard keeps it.
    const focused = row.contains(document.activeElement);
    fill(row, team);
    if (focused) row.querySelector("a").focus();
  }
  document.querySelector("[data-live-none]").hidden = teams.size > 0;
  mark();
  renewAlarms();
}

function mark() {
  const features = [...teams.values()].filter((team) => team.lon !== null).map((team) => ({
    type: "Feature",
    geometry: { type: "Point", coordinates: [team.lon, team.lat] },
    properties: { id: team.id, label: `${team.name} · ${team.cell}`, series: team.state === "alarm" ? 2 : 1 },
  }));
  const detail = { layer: "teams", data: { type: "FeatureCollection", features } };
  document.getElementById("live").dispatchEvent(new CustomEvent("sunra:data", { detail }));
}

async function renewAlarms() {
  const open = [...teams.values()].flatMap((team) => team.alarms.map((kind) => `${team.id} ${kind}`)).sort().join();
  if (open === known) return;
  const first = known === "" && alarms.querySelector("[data-alarm]");
  if (!first) {
    const written = [...alarms.querySelectorAll("input:not([type=hidden])")].some((field) => field.value);
    if (written || (alarms.contains(document.activeElement) && document.activeElement.matches("input"))) {
      say(words.alarm);
      return;
    }
    const answer = await fetch(words.alarms_part, { credentials: "same-origin" });
    if (!answer.ok) return;
    alarms.innerHTML = await answer.text();
  }
  known = open;
}

function say(text) {
  if (status.textContent !== text) status.textContent = text;
}

async function ask() {
  try {
    const answer = await fetch(words.now, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    draw(await answer.json());
    say(words.live);
  } catch {
    say(words.lost);
  }
}

function poll(on) {
  if (on && !polling) {
    polling = setInterval(ask, POLL);
    ask();
  } else if (!on && polling) {
    clearInterval(polling);
    polling = 0;
  }
}

function listen() {
  if (!window.EventSource) {
    poll(true);
    return;
  }
  const source = new EventSource(words.stream);
  source.addEventListener("board", (event) => {
    poll(false);
    draw(JSON.parse(event.data));
    say(words.live);
  });
  source.addEventListener("error", () => poll(true));
  window.addEventListener("pagehide", () => source.close());
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
}

listen();
