import type { Command, Counts, State } from "../../../client/src/index.ts";

/** In the order of a command's life. */
export const UNDER_WAY = ["accepted", "waiting", "sending", "sent"] as const;
export const ENDED = [
	"succeeded",
	"failed",
	"timed_out",
	"unknown",
	"expired",
	"canceled",
] as const;
export const STATES: readonly State[] = [...UNDER_WAY, ...ENDED];

export const words = (name: string): string => name.replaceAll("_", " ");

export function deviceText({ productKey, deviceName, iotId }: Command["device"]): string {
	if (deviceName) return productKey ? `${productKey}/${deviceName}` : deviceName;
	return iotId ?? "";
}

/** `12,345`, in the browser's language. */
export const count = (value: number): string => value.toLocaleString();

export const plural = (value: number, one: string, many = `${one}s`): string =>
	`${count(value)} ${value === 1 ? one : many}`;

export const countsText = (counts: Counts = {}): string =>
	STATES.filter((state) => counts[state])
		.map((state) => `${count(counts[state] ?? 0)} ${words(state)}`)
		.join(", ");

const two = (value: number) => String(value).padStart(2, "0");

/** `07:00:12` today, with the date on another day; this machine's time. */
export function timeText(iso: string | undefined, now: number): string {
	if (!iso) return "";
	const at = new Date(iso);
	if (Number.isNaN(at.getTime())) return iso;
	const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
	if (at.toDateString() === new Date(now).toDateString()) return clock;
	return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock}`;
}
