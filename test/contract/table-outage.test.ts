import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { busy } from "../../local/tablestore/index.ts";
import { TableError } from "../../shared/table/table.ts";
import { openLocalTable } from "../support/table/tablestore.ts";

const ABSENT = { row: "absent" } as const;
const AT_ONCE = 500;
const PATIENCE_MS = 1_500;
/** Of one request. */
const MAX_WRITE_ROWS = 200;
/** A loaded machine's share: 500 failures are worked off in one process with the server. */
const SLACK_MS = 500;

type Local = Awaited<ReturnType<typeof openLocalTable>>;

const row = (id: string) => ({ key: ["device", id], columns: { version: 1n } });

function refuses({ connection }: Local): boolean {
	try {
		connection.checkAvailable();
		return false;
	} catch {
		return true;
	}
}

/** How one put ends, and after how many milliseconds. */
async function timed(local: Local, id: string) {
	const startedAt = performance.now();
	const outcome: boolean | TableError = await local.table
		.put("commands", row(id), ABSENT)
		.catch((error: TableError) => error);
	return { outcome, ms: performance.now() - startedAt };
}

it("waits for the table store's return, where it has the patience", async () => {
	const local = await openLocalTable({ patienceMs: 10_000 });
	local.service.injectFaults(() => ({ kind: "reset" }));
	const put = timed(local, "a");
	const others = Promise.all(Array.from({ length: 20 }, (_, n) => timed(local, `other-${n}`)));
	await expect.poll(() => refuses(local)).toBe(true);
	local.service.injectFaults();
	expect((await put).outcome).toBe(true);
	expect((await others).every(({ outcome }) => outcome === true)).toBe(true);
	await local.close();
});

it("is not given up for refused rows, failed conditions or one slow call", async () => {
	const local = await openLocalTable({ patienceMs: PATIENCE_MS });
	await timed(local, "a");
	const again = await Promise.all(Array.from({ length: 20 }, () => timed(local, "a")));
	expect(again.every(({ outcome }) => outcome === false)).toBe(true);
	const throttled = { ...busy, status: 403, code: "OTSNotEnoughCapacityUnit" } as const;
	for (const fault of [throttled, { kind: "stall", ms: 60_000 }] as const) {
		let left = fault === throttled ? 1_000 : 1;
		local.service.injectFaults(() => (left-- > 0 ? fault : undefined));
		await timed(local, "b");
		expect(refuses(local)).toBe(false);
	}
	await local.close();
});

describe.each([
	["does not answer", { kind: "stall", ms: 60_000 }],
	["breaks connections", { kind: "reset" }],
	["is busy", busy],
] as const)("while the table store %s", (_, fault) => {
	let local: Local;
	beforeEach(async () => {
		local = await openLocalTable({ patienceMs: PATIENCE_MS, inOutage: "fail" });
	});
	afterEach(() => local.close());

	it(`${AT_ONCE} operations at once end in their time, later ones at once, and it is found again within a second`, async () => {
		local.service.injectFaults(() => fault);
		const ids = Array.from({ length: AT_ONCE }, (_unused, n) => `first-${n}`);
		const first = await Promise.all(ids.map((id) => timed(local, id)));
		for (const { outcome, ms } of first) {
			expect(outcome).toMatchObject({ name: "TableError", retryable: true });
			expect(ms).toBeLessThan(PATIENCE_MS + SLACK_MS);
		}
		// Nothing has answered; a few more calls, and that is known.
		for (let n = 0; n < 3; n++) await Promise.all([timed(local, "a"), timed(local, "b")]);
		const later = await Promise.all(ids.map((id) => timed(local, `later-${id}`)));
		const refused = later.filter(
			({ outcome, ms }) =>
				outcome instanceof TableError && outcome.applied === "no" && ms < SLACK_MS,
		);
		// One request may be let through to see whether the store is back.
		expect(refused.length).toBeGreaterThanOrEqual(AT_ONCE - MAX_WRITE_ROWS);
		const refusal = { code: "TableUnavailable", retryAfterSeconds: 1 };
		for (const { outcome } of refused) expect(outcome).toMatchObject(refusal);

		local.service.injectFaults();
		const backAt = performance.now();
		let n = 0;
		while ((await timed(local, `back-${n++}`)).outcome !== true) {
			expect(performance.now() - backAt).toBeLessThan(1_000 + SLACK_MS);
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
		expect(performance.now() - backAt).toBeLessThan(1_000 + SLACK_MS);
	});
});
