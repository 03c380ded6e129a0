import { expect, it } from "vitest";
import { VirtualClock } from "../../local/clock/virtual-clock.ts";
import type { Item } from "../../shared/batch/batcher.ts";
import { TableError } from "../../shared/table/table.ts";
import { Patience } from "../../shared/table/tablestore/patience.ts";

const never = () => new Promise<never>(() => {});
const item = (): Item => ({ bytes: 1, sent: false, withdrawn: false });

function patience() {
	const clock = new VirtualClock();
	return { clock, patience: new Patience(clock, 1_000) };
}

it("ends each operation in its own time, and needs one timer for all", async () => {
	const { clock, patience: bound } = patience();
	const start = clock.now();
	const ended: number[] = [];
	for (let n = 0; n < 3; n++) {
		bound.run(never).catch(() => ended.push(clock.now() - start));
		expect(clock.pending).toBe(1);
		await clock.advance(300);
	}
	await clock.advance(2_000);
	expect(ended).toEqual([1_000, 1_300, 1_600]);
	expect(clock.pending).toBe(0);
});

it("leaves no timer behind when all is done", async () => {
	const { clock, patience: bound } = patience();
	expect(await Promise.all([bound.run(async () => 1), bound.run(async () => 2)])).toEqual([1, 2]);
	expect(clock.pending).toBe(0);
});

it("takes back what has not left yet, and then knows that nothing was written", async () => {
	const { clock, patience: bound } = patience();
	const queued = item();
	const late = bound.run((progress) => {
		progress.item = queued;
		return never();
	});
	const outcome = expect(late).rejects.toMatchObject({ code: "DeadlineExceeded", applied: "no" });
	await clock.advance(1_000);
	await outcome;
	expect(queued.withdrawn).toBe(true);
});

it("says that a write may stand which has left", async () => {
	const { clock, patience: bound } = patience();
	const late = bound.run((progress) => {
		progress.item = { ...item(), sent: true };
		return never();
	});
	const outcome = expect(late).rejects.toMatchObject({ applied: "maybe", retryable: true });
	await clock.advance(1_000);
	await outcome;
});

it("keeps an earlier attempt's doubt, whatever the last one said", async () => {
	const { patience: bound } = patience();
	const refused = new TableError("OTSServerBusy", "busy", { retryable: true, applied: "no" });
	const ended = bound.run((progress) => {
		progress.maybe = true;
		return Promise.reject(refused);
	});
	await expect(ended).rejects.toMatchObject({ code: "OTSServerBusy", applied: "maybe" });
	await expect(bound.run(() => Promise.reject(refused))).rejects.toBe(refused);
});
