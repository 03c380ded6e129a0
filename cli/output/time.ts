const two = (value: number) => String(value).padStart(2, "0");

/** `2026-11-24 07:00:00`, as the clocks of this machine show it. */
export function localTime(iso: string | undefined): string {
	if (iso === undefined) return "";
	const date = new Date(iso);
	if (Number.isNaN(date.getTime())) return iso;
	const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
	return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

const UNITS = [
	["d", 86_400],
	["h", 3_600],
	["min", 60],
	["s", 1],
] as const;

/** `850 ms`, `12 s`, `3 min 20 s`, `2 d 4 h`: two units at most. */
export function duration(ms: number): string {
	if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
	let left = ms < 10_000 ? Math.round(ms / 100) / 10 : Math.round(ms / 1000);
	if (left < 10) return `${left} s`;
	const parts: string[] = [];
	for (const [unit, seconds] of UNITS) {
		const count = Math.floor(left / seconds);
		if (count > 0) parts.push(`${count} ${unit}`);
		left -= count * seconds;
	}
	return parts.slice(0, 2).join(" ");
}

/** `in 5 min`, `3 s ago`. */
export function fromNow(iso: string, now: number): string {
	const ms = Date.parse(iso) - now;
	return ms >= 0 ? `in ${duration(ms)}` : `${duration(-ms)} ago`;
}
