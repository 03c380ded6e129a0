import { afterEach, beforeEach, expect, test } from "vitest";
import { VirtualClock } from "../../clock/virtual-clock.ts";
import { busy } from "../../tablestore/index.ts";
import { type Running, startLocalTablestore } from "../support/tablestore/local-tablestore.ts";
import { tableOf } from "../support/tablestore/schema.ts";
import { anyway, attributesOf, failureOf } from "../support/tablestore/sdk.ts";

let clock: VirtualClock;
let running: Running;

beforeEach(async () => {
	clock = new VirtualClock();
	running = await startLocalTablestore({ clock });
	await running.client.createTable(tableOf("t", [["id", "STRING"]]));
});

afterEach(() => running.stop());

const key = { tableName: "t", primaryKey: [{ id: "x" }] };
const put = () =>
	running.client.putRow({ ...key, condition: anyway(), attributeColumns: [{ a: "1" }] });
const stored = async () => {
	running.service.injectFaults();
	return attributesOf((await running.client.getRow(key)).row);
};

test("an error is answered in place of the operation that it was chosen for", async () => {
	running.service.injectFaults((operation) => (operation === "PutRow" ? busy : undefined));
	expect(await failureOf(put())).toBe("OTSServerBusy");
	expect((await running.client.listTable({})).tableNames).toEqual(["t"]);
	expect(await stored()).toEqual({});
});

test("a reset leaves the request undone, a lost answer leaves it done", async () => {
	running.service.injectFaults(() => ({ kind: "reset" }));
	expect(await failureOf(put())).toMatch(/socket hang up|ECONNRESET/);
	expect(await stored()).toEqual({});
	running.service.injectFaults(() => ({ kind: "lose-answer" }));
	expect(await failureOf(put())).toMatch(/socket hang up|ECONNRESET/);
	expect(await stored()).toEqual({ a: "1" });
});

test("a stall holds the request until its time has passed on the clock", async () => {
	running.service.injectFaults(() => ({ kind: "stall", ms: 60_000 }));
	let answered = false;
	const writing = put().then(() => {
		answered = true;
	});
	await expect.poll(() => clock.pending).toBe(1);
	await clock.advance(59_999);
	expect(answered).toBe(false);
	await clock.run(writing);
	expect(answered).toBe(true);
});
