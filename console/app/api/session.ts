import { type Client, createClient } from "../../../client/src/index.ts";
import { parseExact } from "./exact.ts";

const meta = (name: string): string =>
	document.querySelector<HTMLMetaElement>(`meta[name=thingcast-${name}]`)?.content ?? "";

/** The process that serves the page adds the key, and the page never sees it. */
export const keyIsHeld: boolean = meta("key") === "held";
/** Where that process sends what the page asks for. */
export const apiAddress: string = meta("api") || location.origin;

/** Kept while the tab is open, and for this tab only. */
const STORED = "thingcast-key";
/** A person waits: two more attempts, some seconds. */
const ATTEMPTS = 3;

export const storedKey = (): string | undefined =>
	keyIsHeld ? "held" : (sessionStorage.getItem(STORED) ?? undefined);

export function keepKey(key: string): void {
	sessionStorage.setItem(STORED, key);
}

export function forgetKey(): void {
	sessionStorage.removeItem(STORED);
}

export const clientWith = (key: string): Client =>
	createClient({ url: location.origin, key, attempts: ATTEMPTS, parse: parseExact });
