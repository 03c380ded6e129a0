import { describe, expect, it } from "vitest";
import { parseExact } from "../../shared/json/exact.ts";
import { createSchedule } from "../../shared/schedule/edit.ts";
import { parseSchedule } from "../../shared/schedule/parse.ts";
import { ScheduleStore } from "../../shared/store/schedule-store.ts";
import type { Key, Range, Row, TableName } from "../../shared/table/table.ts";
import { answered } from "../support/world/scripted-platform.ts";
import { World } from "../support/world/world.ts";

const STORED = 100_000;
const DUE = 100;
/** The due row and the schedule's own row for each that is due; of 8 partitions, nothing else. */
const MOST_ROWS_READ = 3 * DUE;

describe("a tick", () => {
	it(`reads a few hundred rows where ${STORED} schedules are stored and ${DUE} are due`, async () => {
		let rowsRead = 0;
		const world = new World({
			table: (memory) => ({
				async get(table: TableName, key: Key): Promise<Row | undefined> {
					rowsRead++;
					return memory.get(table, key);
				},
				put: (...args) => memory.put(...args),
				remove: (...args) => memory.remove(...args),
				async range(name, range: Range): Promise<Row[]> {
					const rows = await memory.range(name, range);
					rowsRead += rows.length;
					return rows;
				},
			}),
		});
		world.platform.script = () => answered();
		world.ticking = false;
		const store = new ScheduleStore(world.memory);
		const parsed = parseSchedule(
			parseExact(
				'{"when":{"at":"2026-01-02T00:00:00","timeZone":"UTC"},"command":{"device":{"iotId":"x"},"service":"Set"}}',
			),
			world.clock.now(),
		);
		if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
		for (let index = 0; index < STORED; index++) {
			const minute = index < DUE ? 1 : 10 + (index % 1_000);
			const time = world.clock.now() + minute * 60_000;
			const definition = {
				...parsed.value,
				when: { kind: "at", at: new Date(time).toISOString().slice(0, 19), timeZone: "UTC" },
				devices: [{ productKey: "pk", deviceName: `d${index}` }],
			} as const;
			const id = `0${String(index).padStart(25, "0")}`;
			await store.create(createSchedule(id, definition, world.clock.now()));
		}
		expect(world.memory.all("schedules")).toHaveLength(STORED);

		const result = await world.fire("tick", "");
		expect(result).toMatchObject({ schedules: { looked: DUE, fired: DUE } });
		expect(rowsRead).toBeLessThanOrEqual(MOST_ROWS_READ);
		rowsRead = 0;
		const again = await world.fire("tick", "");
		expect(again).toMatchObject({ schedules: { looked: 0, fired: 0 } });
		expect(rowsRead).toBe(0);
		await world.clock.advance(61_000);
		expect(world.platform.calls).toHaveLength(DUE);
	});
});
