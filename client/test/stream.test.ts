import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ContractApi, commandOf } from "../../test/support/api/contract-api.ts";
import { problem } from "../../test/support/api/wire.ts";
import { createClient } from "../src/index.ts";

describe("the stream", () => {
	let api: ContractApi;
	beforeEach(async () => {
		api = await ContractApi.start();
	});
	afterEach(() => api.close());

	const sleep = () => new Promise<void>((resolve) => setImmediate(resolve));
	const client = () => createClient({ url: api.url, key: api.key, random: () => 0, sleep });
	const connected = () => expect.poll(() => api.streams, { timeout: 10_000 }).toBe(1);

	it("goes on behind the last event wherever it breaks off, without a gap or a repetition", async () => {
		const seen: string[] = [];
		const reading = (async () => {
			for await (const { id, event, data } of client().commands.stream({ service: "Set" })) {
				seen.push(`${id} ${event} ${data.id}`);
				if (seen.length === 4) return;
			}
		})();
		await connected();
		api.change(commandOf("c1"));
		api.change(commandOf("c2"));
		await expect.poll(() => seen.length, { timeout: 10_000 }).toBe(2);
		api.cutStreams();
		api.change(commandOf("c3"));
		await connected();
		api.change(commandOf("c4"));
		await reading;
		expect(seen).toEqual(["1 command c1", "2 command c2", "3 command c3", "4 command c4"]);
		expect(api.seen.map(({ headers }) => headers["last-event-id"])).toEqual([undefined, "2"]);
		expect(api.seen.map(({ query }) => query)).toEqual([{ service: "Set" }, { service: "Set" }]);
	});

	it("begins behind an event that is named", async () => {
		for (const id of ["c1", "c2", "c3"]) api.change(commandOf(id));
		for await (const { data } of client().commands.stream({}, { lastEventId: "2" })) {
			expect(data.id).toBe("c3");
			break;
		}
	});

	it("lets the connection go when nobody reads any more", async () => {
		api.change(commandOf("c1"));
		for await (const _ of client().commands.stream({}, { lastEventId: "0" })) break;
		await expect.poll(() => api.streams).toBe(0);
	});

	it("takes a connection that says nothing for dead", async () => {
		const reading = client().commands.stream({}, { idleMs: 300 }).next();
		await expect.poll(() => api.seen.length, { timeout: 20_000 }).toBeGreaterThan(2);
		await connected();
		api.change(commandOf("c1"));
		await expect(reading).resolves.toMatchObject({ value: { data: { id: "c1" } } });
	});

	it("ends with the reason of the signal, of the stream or of the client", async () => {
		for (const where of ["stream", "client"] as const) {
			const stop = new AbortController();
			const { signal } = stop;
			const options = { url: api.url, key: api.key };
			const { commands } = createClient(where === "client" ? { ...options, signal } : options);
			const reading = commands.stream({}, where === "stream" ? { signal } : {}).next();
			await connected();
			stop.abort(new Error("enough"));
			await expect(reading).rejects.toThrow("enough");
			await expect.poll(() => api.streams).toBe(0);
		}
	});

	it("ends with an answer that will not get better", async () => {
		api.fail(problem(403, "forbidden", "commands:read is missing"));
		await expect(client().commands.stream().next()).rejects.toMatchObject({ code: "forbidden" });
		api.answer("GET /v1/commands/stream", { not: "a stream" });
		await expect(client().commands.stream().next()).rejects.toMatchObject({ code: "no-stream" });
	});

	it("reads the same events however their bytes are cut, and whatever ends the lines", async () => {
		const line = fc.constantFrom("\n", "\r\n", "\r");
		await fc.assert(
			fc.asyncProperty(line, fc.array(fc.nat(120), { maxLength: 20 }), async (end, cuts) => {
				const text = [
					":hi",
					"",
					"id: 7",
					"event: command",
					'data: {"id":',
					'data:"ü→"}',
					"",
					"id: 8",
					"",
					'data: {"id":"last"}',
					"",
					"",
				].join(end);
				const bytes = new TextEncoder().encode(text);
				const { commands } = createClient({ url: api.url, key: "k", fetch: answers(bytes, cuts) });
				const seen = [];
				for await (const { id, event, data } of commands.stream()) {
					seen.push([id, event, data.id]);
					if (seen.length === 2) break;
				}
				expect(seen).toEqual([
					["7", "command", "ü→"],
					["8", "message", "last"],
				]);
			}),
		);
	});
});

/** A fetch that answers with these bytes, in pieces, and then says nothing more. */
function answers(bytes: Uint8Array, cuts: readonly number[]): typeof fetch {
	const at = [0, ...[...new Set(cuts)].sort((left, right) => left - right), bytes.length];
	return async () =>
		new Response(
			new ReadableStream({
				start(controller) {
					for (const [index, from] of at.entries()) {
						const piece = bytes.slice(from, at[index + 1]);
						if (piece.length > 0) controller.enqueue(piece);
					}
				},
			}),
			{ headers: { "content-type": "text/event-stream" } },
		);
}
