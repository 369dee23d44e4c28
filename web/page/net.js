// The API and the socket. The socket comes back by itself and asks for exactly what it has missed.

export class ApiError extends Error {
  constructor(status, problem) {
    super(problem.detail || problem.title || `The server answered ${status}.`);
    this.status = status;
    this.code = problem.code || "";
    this.conflicts = problem.conflicts || [];
    this.outcome = problem.outcome || "";
  }
}

const OFFLINE = "BooCode cannot be reached. It may be restarting; this page keeps trying.";
const SIGNED_OUT = "You are no longer signed in. Open the address that “boocode serve” printed.";

async function ask(method, path, body) {
  let answer;
  try {
    answer = await fetch(`/api/${path}`, {
      method,
      headers: body === undefined ? {} : { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new ApiError(0, { code: "offline", detail: OFFLINE });
  }
  const text = await answer.text();
  let value = null;
  try {
    value = text ? JSON.parse(text) : null;
  } catch {
    value = { detail: `The server answered ${answer.status} with something that is not JSON.` };
  }
  if (answer.status === 401) throw new ApiError(401, { code: "token_needed", detail: SIGNED_OUT });
  if (!answer.ok) throw new ApiError(answer.status, value || {});
  return value;
}

export const api = {
  get: (path) => ask("GET", path),
  post: (path, body = {}) => ask("POST", path, body),
  patch: (path, body) => ask("PATCH", path, body),
  delete: (path) => ask("DELETE", path),
};

/** Every item of a paged list, up to a bound that a page for people can show. */
export async function allItems(path, most = 1000) {
  const items = [];
  let after = "";
  while (items.length < most) {
    const page = await api.get(`${path}${path.includes("?") ? "&" : "?"}limit=200${after}`);
    items.push(...page.items);
    if (!page.next) break;
    after = `&after=${encodeURIComponent(page.next)}`;
  }
  return items;
}

const RETRY_MS = [300, 700, 1500, 3000, 5000];
const PING_MS = 20_000;
const SILENCE_MS = 45_000;

/** One socket for the page. `follow(topic, since, onFrame)`; onState says "open", "lost" or "refused". */
export class Live {
  constructor(onState) {
    this.onState = onState;
    this.topics = new Map(); // topic → {since, onFrame}
    this.tries = 0;
    this.heardAt = 0;
    this.everOpen = false;
    addEventListener("online", () => this.wake());
    document.addEventListener("visibilitychange", () => document.hidden || this.wake());
    setInterval(() => this.beat(), PING_MS);
    this.connect();
  }

  follow(topic, since, onFrame) {
    const entry = { since, onFrame };
    this.topics.set(topic, entry);
    this.subscribe(topic, entry);
  }

  leave(topic) {
    if (this.topics.delete(topic)) this.send({ type: "unsubscribe", topic });
  }

  connect() {
    clearTimeout(this.timer);
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/ws`);
    this.socket = socket;
    socket.onopen = () => {
      this.heardAt = Date.now();
      this.tries = 0;
      const again = this.everOpen;
      this.everOpen = true;
      for (const [topic, entry] of this.topics) this.subscribe(topic, entry);
      this.onState("open", again);
    };
    socket.onmessage = (event) => {
      this.heardAt = Date.now();
      const value = JSON.parse(event.data);
      for (const frame of Array.isArray(value) ? value : [value]) this.hear(frame);
    };
    socket.onclose = () => {
      if (this.socket !== socket) return;
      this.onState("lost", this.everOpen);
      const wait = RETRY_MS[Math.min(this.tries++, RETRY_MS.length - 1)];
      this.timer = setTimeout(() => this.connect(), wait * (0.8 + Math.random() * 0.4));
    };
  }

  /** The network or the person is back: do not wait for the timer. */
  wake() {
    if (this.socket.readyState > WebSocket.OPEN) this.connect();
    else if (Date.now() - this.heardAt > SILENCE_MS) this.drop();
  }

  beat() {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    if (Date.now() - this.heardAt > SILENCE_MS) this.drop();
    else this.send({ type: "ping" });
  }

  drop() {
    const socket = this.socket;
    this.connect();
    socket.close();
  }

  hear(frame) {
    const entry = this.topics.get(frame.topic);
    if (!entry) return;
    if (frame.seq !== undefined) {
      if (entry.since !== null && frame.seq <= entry.since) return; // known already
      entry.since = frame.seq;
    } else if (frame.type === "subscribed" && entry.since === null) {
      entry.since = frame.last_seq;
    } else if (frame.type === "resync" && (entry.since === null || frame.last_seq < entry.since)) {
      entry.since = frame.last_seq;
    }
    entry.onFrame(frame);
  }

  subscribe(topic, entry) {
    this.send({ type: "subscribe", topic, ...(entry.since === null ? {} : { since: entry.since }) });
  }

  send(value) {
    if (this.socket && this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(value));
  }
}
