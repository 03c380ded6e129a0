import { describe, expect, it } from "vitest";
import { readTraceparent } from "../../shared/trace.ts";
import { answered, throttled } from "../support/world/scripted-platform.ts";
import { LIGHT, World } from "../support/world/world.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const TRACEPARENT = `00-${TRACE}-00f067aa0ba902b7-01`;

const lines = (world: World, message: string) =>
	world.logged
		.map((line) => JSON.parse(line) as Record<string, unknown>)
		.filter((line) => line["message"] === message);

describe("traceparent (W3C Trace Context)", () => {
	it("goes from the request to the row, to each attempt and into the log", async () => {
		const world = new World({ logLevel: "info" });
		world.platform.script = (_, count) => (count === 1 ? throttled : answered());
		const { id } = await world.send({}, { traceparent: TRACEPARENT });
		await world.clock.advance(1_000);
		const { source, attempts } = await world.get(id);
		expect(source).toMatchObject({ type: "http", traceparent: TRACEPARENT });
		const spans = (attempts as unknown as Array<{ spanId: string }>).map(({ spanId }) => spanId);
		expect(new Set(spans).size).toBe(2);
		for (const span of spans) expect(span).toMatch(/^[0-9a-f]{16}$/);
		expect(lines(world, "attempt").map(({ traceId, spanId }) => [traceId, spanId])).toEqual(
			spans.map((span) => [TRACE, span]),
		);
		expect(lines(world, "request")[0]).toMatchObject({ traceId: TRACE, statusCode: 202 });
	});

	it("goes from a queue's event to the row", async () => {
		const world = new World();
		const body = JSON.stringify({ device: LIGHT, service: "Set" });
		const event = world.cloudEvent("thingcast-commands", { id: "m", body });
		await world.invokeQueue([{ ...event, traceparent: TRACEPARENT }]);
		const list = await world.request("GET", "/v1/commands");
		expect(list.body["commands"]).toMatchObject([{ source: { traceparent: TRACEPARENT } }]);
	});

	it("is left out where there is none, or nothing that is one", async () => {
		const world = new World({ logLevel: "info" });
		const shown = await world.send({}, { traceparent: "00-xyz" });
		await world.clock.advance(1_000);
		expect(shown.source).not.toHaveProperty("traceparent");
		expect(lines(world, "attempt")).toEqual([]);
	});

	it.each([
		[TRACEPARENT, TRACEPARENT],
		[`cc${TRACEPARENT.slice(2)}-what-will-be`, TRACEPARENT],
		[`${TRACEPARENT}-more`, undefined],
		[`ff${TRACEPARENT.slice(2)}`, undefined],
		[TRACEPARENT.toUpperCase(), undefined],
		[`00-${"0".repeat(32)}-00f067aa0ba902b7-01`, undefined],
		[`00-${TRACE}-${"0".repeat(16)}-01`, undefined],
		[undefined, undefined],
	])("%s is read as %s", (text, read) => {
		expect(readTraceparent(text)).toBe(read);
	});
});

describe("the worker's figures", () => {
	it("are one line when it has nothing more to do", async () => {
		const world = new World({ logLevel: "info" });
		world.platform.script = async (_, count) => {
			await world.clock.sleep(40);
			return count === 1 ? throttled : answered();
		};
		await world.send({});
		await world.clock.advance(5_000);
		expect(lines(world, "metrics")).toMatchObject([
			{ calls: { throttled: 1, taken: 1 }, callMs: { p50: 40, max: 40 } },
		]);
	});
});
