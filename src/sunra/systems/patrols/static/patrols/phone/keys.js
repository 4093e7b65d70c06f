// The device's own key: made here, never handed out, not even to this page. Every call is signed with it.

import * as store from "./store.js";

const CURVE = { name: "ECDSA", namedCurve: "P-256" }, SIGNING = { name: "ECDSA", hash: "SHA-256" };

const encoded = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

/** A new key for a new shift; returns its public half (SPKI, base64url). */
export async function renew() {
  const pair = await crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);
  await store.put("key", pair);
  return encoded(await crypto.subtle.exportKey("spki", pair.publicKey));
}

/** The headers that prove who calls; `body` is a string, a Blob's buffer, or nothing. */
export async function signed(token, method, path, body, offset) {
  const pair = await store.get("key");
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : new Uint8Array(body ?? 0);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hex = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const at = String(Math.round(Date.now() + offset));
  const text = new TextEncoder().encode(`${method}\n${path}\n${at}\n${hex}`);
  const proof = encoded(await crypto.subtle.sign(SIGNING, pair.privateKey, text));
  return { Authorization: `Shift ${token}`, "X-Sunra-At": at, "X-Sunra-Proof": proof };
}
