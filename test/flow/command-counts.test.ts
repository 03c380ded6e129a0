import { describe, expect, it } from "vitest";
import { World } from "../support/world/world.ts";

describe("commands by state", () => {
	it("are counted within a span of time, and by any other filter", async () => {
		const world = new World();
		await world.send({ service: "Set" });
		await world.clock.advance(3_600_000);
		await world.send({ service: "Set" });
		await world.send({ service: "Get" });
		await world.clock.advance(1_000);
		const counts = async (query: string) => {
			const { body } = await world.request("GET", `/v1/commands/counts?${query}`);
			const { counts, more } = body as unknown as {
				counts: Record<string, number>;
				more: string[];
			};
			expect(more).toEqual([]);
			return Object.values(counts).reduce((sum, one) => sum + one, 0);
		};
		expect(await counts("")).toBe(3);
		expect(await counts("since=1m")).toBe(2);
		expect(await counts("service=Set")).toBe(2);
		expect(await counts("since=1m&service=Set")).toBe(1);
		expect(await counts("productKey=another")).toBe(0);
	});

	it("are those that the list shows", async () => {
		const world = new World();
		for (let sent = 0; sent < 5; sent++) await world.send({ service: "Set" });
		await world.clock.advance(120_000);
		const { body } = await world.request("GET", "/v1/commands?limit=100");
		const listed = (body as unknown as { commands: { state: string }[] }).commands;
		const counted = await world.request("GET", "/v1/commands/counts");
		for (const [state, number] of Object.entries(counted.body["counts"] as object)) {
			expect(number, state).toBe(listed.filter((one) => one.state === state).length);
		}
	});
});
