/** What a caller sees of a call: its value, or all that its error says. */
export async function outcomeOf(call: () => Promise<unknown>): Promise<unknown> {
	try {
		return { value: plain(await call()) };
	} catch (error) {
		const names = Object.getOwnPropertyNames(error).filter((name) => name !== "stack");
		const fields = names.map((name) => [name, plain((error as Record<string, unknown>)[name])]);
		return { kind: (error as Error).name, ...Object.fromEntries(fields) };
	}
}

/** Without classes, of which each client has its own, and with the bytes of buffers. */
function plain(value: unknown): unknown {
	if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString("hex") };
	if (value instanceof Date) return value.toISOString();
	if (Array.isArray(value)) return value.map(plain);
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}
