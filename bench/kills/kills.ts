/** Kill -9 of the worker in virtual time, again and again: what is unknown afterwards, and why. */

import { seededRandom } from "../../test/support/random.ts";
import { DelayedTable } from "../../test/support/table/delayed-table.ts";
import { sent } from "../../test/support/world/scripted-platform.ts";
import { World } from "../../test/support/world/world.ts";
import type { Report } from "../report.ts";

const DEVICES = 50;
const PER_SECOND = 50;
const KILL_EVERY_MS = 800;
/** A round trip to the table store; a call, which reaches the device half-way; a reply's way to the queue function. */
const TABLE_MS = 6;
const CALL_MS = 40;
const REPLY_MS = 150;
/** A lease, two ticks, the last replies. */
const END_MS = 240_000;

type Replies = (random: () => number) => number | undefined;
const FATES: Readonly<Record<string, Replies>> = {
	"at once": () => 0,
	"most at once, 13 % up to 16 s late, 2 % never": (random) => {
		const fate = random();
		if (fate < 0.85) return 0;
		if (fate < 0.95) return 500 + random() * 6_000;
		return fate < 0.98 ? 8_000 + random() * 8_000 : undefined;
	},
};

export async function kills({ quick }: { quick: boolean }): Promise<Report> {
	const count = quick ? 20 : 200;
	const rows: string[][] = [];
	for (const [replies, replyAfter] of Object.entries(FATES)) {
		for (const seed of [1, 2, 3]) {
			const found = await killing(count, seed, replyAfter);
			rows.push([replies, String(seed), ...found.map(String)]);
		}
	}
	return {
		title: `Kills: ${count} of the worker, one every ${KILL_EVERY_MS} ms at ${PER_SECOND} commands/s to ${DEVICES} devices`,
		columns: [
			"devices reply",
			"seed",
			"commands",
			"in flight a kill",
			"unknown a kill",
			"of them on the device",
			"wrong states",
			"twice",
		],
		rows,
		note: `In virtual time with the real handlers: ${TABLE_MS} ms a table operation, ${CALL_MS} ms a call, ${REPLY_MS} ms for a reply's way back. In flight: claimed, and its outcome not written.`,
	};
}

async function killing(count: number, seed: number, replyAfter: Replies) {
	const random = seededRandom(seed);
	const world = new World({
		random,
		table: (memory, clock) => new DelayedTable(memory, clock, TABLE_MS),
	});
	const { clock } = world;
	const reached = new Map<string, number>();
	world.platform.script = async ({ device, args }, call) => {
		await clock.sleep(CALL_MS / 2);
		reached.set(args, (reached.get(args) ?? 0) + 1);
		const delay = replyAfter(random);
		if (delay !== undefined) {
			clock.after(delay + REPLY_MS, () => void reply(world, device.deviceName ?? "", `m${call}`));
		}
		await clock.sleep(CALL_MS / 2);
		return sent(`m${call}`);
	};
	let sentOff = 0;
	const between = 1_000 / PER_SECOND;
	let inFlight = 0;
	let killAt = clock.now() + 5_000;
	for (let kill = 0; kill < count; ) {
		const device = { productKey: "pk", deviceName: `d${Math.floor(random() * DEVICES)}` };
		const body = { device, service: "Set", args: { n: sentOff }, expiresIn: 900 };
		void accept(world, body);
		sentOff++;
		await clock.advance(between);
		if (clock.now() < killAt) continue;
		inFlight += underWay(world);
		world.killWorker();
		killAt += KILL_EVERY_MS * (0.5 + random());
		kill++;
	}
	await clock.advance(END_MS);
	let [unknown, there, wrong] = [0, 0, 0];
	for (const { columns } of world.memory.all("commands")) {
		const { state, args } = JSON.parse(String(columns["document"])) as Record<string, string>;
		const times = reached.get(args ?? "") ?? 0;
		if (state === "unknown") unknown++;
		if (state === "unknown" && times > 0) there++;
		if (state === "succeeded" && times === 0) wrong++;
		if (["failed", "expired", "canceled"].includes(state ?? "") && times > 0) wrong++;
	}
	const twice = [...reached.values()].filter((times) => times > 1).length;
	return [
		sentOff,
		(inFlight / count).toFixed(2),
		(unknown / count).toFixed(2),
		there,
		wrong,
		twice,
	];
}

/** Claimed by the present worker, which nothing takes longer than this. */
const PRESENT_MS = CALL_MS + 4 * TABLE_MS;

function underWay({ memory, clock }: World): number {
	const since = clock.now() - PRESENT_MS;
	return memory.all("commands").filter(({ columns }) => {
		const isSending = String(columns["state_shard"]).startsWith("sending");
		return isSending && Number.parseInt(String(columns["changed"]), 10) >= since;
	}).length;
}

async function accept(world: World, body: object): Promise<void> {
	const response = await world.fetchNow("POST", "/v1/commands", body);
	if (response.status !== 202) throw new Error(await response.text());
}

const reply = (world: World, deviceName: string, requestId: string) =>
	world.hears(`/pk/${deviceName}/thing/downlink/reply/message`, {
		iotId: `iot-${deviceName}`,
		productKey: "pk",
		deviceName,
		requestId,
		code: 200,
		data: {},
		topic: `/sys/pk/${deviceName}/thing/service/Set_reply`,
	});
