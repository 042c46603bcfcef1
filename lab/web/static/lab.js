// Keeps the page up to date, follows links without a reload, and sends forms to the JSON API.
"use strict";

const POLL = 1000;
const served = new Map();
let revision = document.body.dataset.revision;
let latest = 0;

// --- the page as it is now ---

function remember(root) {
  for (const region of root.querySelectorAll("[data-live]")) served.set(region.id, region.innerHTML);
}

function localTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]:not([data-plain])")) {
    const at = new Date(time.dateTime);
    const today = at.toDateString() === new Date().toDateString();
    const clock = at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
    time.textContent = today ? clock : `${at.toLocaleDateString([], { day: "numeric", month: "short" })} ${clock}`;
    time.title = at.toLocaleString();
  }
}

// The first list item in view, and how far from the list's top it stands.
function anchorOf(list) {
  for (const item of list.children) {
    const offset = item.offsetTop - list.offsetTop - list.scrollTop;
    if (offset + item.offsetHeight > 0) return { key: item.dataset.key, offset };
  }
  return null;
}

function fill(region, html) {
  const anchor = region.scrollTop > 0 ? anchorOf(region) : null;
  const known = new Set([...region.querySelectorAll("[data-key]")].map((item) => item.dataset.key));
  const open = [...region.querySelectorAll("details[open]")].map((details) => details.id);
  const focused = region.contains(document.activeElement) ? addressOf(document.activeElement) : null;
  const top = region.scrollTop;
  region.innerHTML = html;
  localTimes(region);
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (known.size) {
    for (const item of region.querySelectorAll("[data-key]")) item.classList.toggle("fresh", !known.has(item.dataset.key));
  }
  if (focused) [...region.querySelectorAll("a, button, select, input")].find((one) => addressOf(one) === focused)?.focus();
  region.scrollTop = top;
  const item = anchor && [...region.children].find((one) => one.dataset.key === anchor.key);
  if (item) region.scrollTop = item.offsetTop - region.offsetTop - anchor.offset;
}

function addressOf(element) {
  const form = element.closest("form");
  return [element.tagName, element.getAttribute("href"), element.name, form?.dataset.api].join(" ");
}

function busy(region) {
  const element = document.activeElement;
  return region.contains(element) && (element.matches("input:not([type=hidden]), select"));
}

// --- what the server says now ---

async function refresh({ moved = false } = {}) {
  const turn = ++latest;
  const response = await fetch(location.href, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (turn !== latest) return;
  document.title = page.title;
  revision = page.body.dataset.revision;
  if (moved && !sameShape(page)) return replaceMain(page);
  for (const fresh of page.querySelectorAll("[data-live]")) {
    const region = document.getElementById(fresh.id);
    if (!region) return replaceMain(page);
    if (served.get(fresh.id) === fresh.innerHTML || (!moved && busy(region))) continue;
    fill(region, fresh.innerHTML);
    served.set(fresh.id, fresh.innerHTML);
  }
}

function sameShape(page) {
  const ids = (root) => [...root.querySelectorAll("main [data-live]")].map((one) => one.id).join();
  return ids(page) === ids(document);
}

// Another set of panes: those that both pages have keep their place.
function replaceMain(page) {
  const tops = new Map([...document.querySelectorAll("main .list")].map((list) => [list.id, list.scrollTop]));
  const sameTab = document.querySelector("main").className === page.querySelector("main").className;
  const focused = document.activeElement.closest("main") ? addressOf(document.activeElement) : null;
  document.querySelector("main").replaceWith(page.querySelector("main"));
  for (const region of document.querySelectorAll("header [data-live]")) region.innerHTML = page.getElementById(region.id).innerHTML;
  remember(document);
  localTimes(document);
  if (!sameTab) return;
  for (const [id, top] of tops) {
    const list = document.getElementById(id);
    if (list) list.scrollTop = top;
  }
  if (focused) [...document.querySelectorAll("main a")].find((one) => addressOf(one) === focused)?.focus();
}

async function poll() {
  const alive = () => document.getElementById("alive");
  try {
    const answer = await (await fetch("/lab/revision")).json();
    alive().classList.remove("lost");
    alive().lastElementChild.textContent = "Live";
    if (String(answer.revision) !== revision && !document.hidden) await refresh();
  } catch {
    alive().classList.add("lost");
    alive().lastElementChild.textContent = "No answer";
  }
  setTimeout(poll, POLL);
}

// --- what a person does ---

async function go(url) {
  history.pushState(null, "", url);
  await refresh({ moved: true });
}

function say(words, failed = false) {
  const toast = document.getElementById("toast");
  toast.textContent = words;
  toast.className = failed ? "toast shown failed" : "toast shown";
  clearTimeout(say.timer);
  say.timer = setTimeout(() => toast.classList.remove("shown"), failed ? 6000 : 2600);
}

function valuesOf(form) {
  const values = {};
  for (const field of form.elements) {
    if (!field.name) continue;
    if (field.type === "number") values[field.name] = Number(field.value);
    else values[field.name] = field.dataset.type === "boolean" ? field.value === "true" : field.value;
  }
  return values;
}

function sentence(form, answer) {
  if (form.dataset.answer !== "unsubscribe") return form.dataset.done || "Done";
  return answer.status ? `The sender answered ${answer.status}` : `Nobody answered: ${answer.answer}`;
}

async function send(form) {
  const { api, method } = form.dataset;
  const body = JSON.stringify(valuesOf(form));
  const response = await fetch(api, { method, body, headers: { "Content-Type": "application/json" } });
  const answer = await response.json();
  const refused = !response.ok || (form.dataset.answer && !(answer.status < 300));
  const detail = typeof answer.detail === "string" ? answer.detail : answer.detail?.[0]?.msg;
  say(response.ok ? sentence(form, answer) : detail || `Refused: ${response.status}`, refused);
  await refresh({ moved: true });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-nav]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  link.focus();
  go(link.href);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.api) {
    event.preventDefault();
    if (!form.dataset.confirm || confirm(form.dataset.confirm)) send(form);
  } else if ("search" in form.dataset) {
    event.preventDefault();
  }
});

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-auto]");
  if (form) send(form);
});

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-search]");
  if (!form) return;
  const url = new URL(location.href);
  url.searchParams.set("q", event.target.value);
  history.replaceState(null, "", url);
  refresh();
});

// Arrow keys walk through a list.
document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const list = event.target.closest?.(".list");
  if (!step || !list || event.target.tagName !== "A") return;
  const links = [...list.querySelectorAll("a")];
  const next = links[links.indexOf(event.target) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
});

addEventListener("popstate", () => refresh({ moved: true }));
remember(document);
localTimes(document);
setTimeout(poll, POLL);
