import { expect, it } from "vitest";
import { OneAtATime } from "../../shared/table/tablestore/one-at-a-time.ts";

it("runs what concerns one row in order, whatever fails, and other rows meanwhile", async () => {
	const rows = new OneAtATime();
	const log: string[] = [];
	const finish: Array<() => void> = [];
	const start = (row: string, name: string, fails = false) =>
		rows.run(row, async () => {
			log.push(`${name} begins`);
			await new Promise<void>((resolve) => finish.push(resolve));
			log.push(`${name} ends`);
			if (fails) throw new Error(name);
			return name;
		});
	const all = [start("a", "1", true), start("a", "2"), start("b", "3"), start("a", "4")];
	const settled = Promise.allSettled(all);
	expect(log).toEqual(["1 begins", "3 begins"]);
	for (let n = 0; n < 4; n++) {
		finish[n]?.();
		await new Promise((resolve) => setImmediate(resolve));
	}
	const results = (await settled).map((one) => (one.status === "fulfilled" ? one.value : "failed"));
	expect(results).toEqual(["failed", "2", "3", "4"]);
	expect(log.filter((line) => !line.startsWith("3"))).toEqual([
		"1 begins",
		"1 ends",
		"2 begins",
		"2 ends",
		"4 begins",
		"4 ends",
	]);
});
