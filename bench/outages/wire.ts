/** Outages of the local cloud's services, over the wire and with real bundles, in virtual time. */
import Mns from "@alicloud/mns";
import { buildProject, removeProject } from "../../test/support/cloud/project.ts";
import { startVirtualCloud, type VirtualCloud } from "../../test/support/cloud/virtual-cloud.ts";
import { listAll } from "../chaos/check.ts";
import type { Report } from "../report.ts";

const SERVICES = ["tablestore", "iot", "mns", "fc"] as const;
const FAULTS: ReadonlyArray<readonly [name: string, fault: string, more?: object]> = [
	["+200 ms", "slow", { ms: 200 }],
	["+1 s", "slow", { ms: 1_000 }],
	["hangs", "hang"],
	["resets", "reset"],
	["answers nothing", "mute"],
	["answers 5xx", "fail"],
	["throttles", "throttle"],
	["answers garbage", "garble"],
];
const SHARES = [0.1, 1];
const OUTAGE_MS = 120_000;
const COMMANDS = 42;
/** So many before the outage, and as many after it. */
const OUTSIDE = COMMANDS / 6;
/** A client's wait before it asks again under its key, and how often it does. */
const AGAIN_MS = 1_000;
const MAX_ASKED = 10;
const EXPIRES_IN_SECONDS = 7_200;
const MAX_DRAIN_MS = 3_600_000;
const LOOK_EVERY_MS = 10_000;

interface Cell {
	readonly world: VirtualCloud;
	readonly mns: InstanceType<typeof Mns>;
	/** Marks of the commands that somebody was told are taken, by their number. */
	readonly taken: Set<number>;
	readonly pending: Promise<unknown>[];
}

export async function outagesOnTheWire({ quick }: { quick: boolean }): Promise<Report> {
	const project = await buildProject();
	const rows: string[][] = [];
	try {
		for (const service of SERVICES) {
			const world = await startVirtualCloud(project, { devices: 3 });
			try {
				let mark = 0;
				for (const [name, fault, more = {}] of FAULTS) {
					for (const share of quick ? [1] : SHARES) {
						const request = { fault: `${fault} ${service}`, share, ...more };
						rows.push([
							`${service} ${name}`,
							`${share * 100} %`,
							...(await cell(world, request, mark)),
						]);
						console.log(rows.at(-1)?.join(" | "));
						mark += COMMANDS;
					}
				}
			} finally {
				await world.close();
			}
		}
	} finally {
		removeProject(project);
	}
	return {
		title: `Outages over the wire: ${COMMANDS} commands around ${OUTAGE_MS / 1_000} s of each fault, half by HTTP, half by queue`,
		columns: [
			"fault",
			"share",
			"taken",
			"ended as",
			"lost / twice / wrong / endless",
			"all ended after, s",
		],
		rows,
		note: "Real bundles in real processes against the local cloud in virtual time; one cloud a service, one fault after the other.",
	};
}

async function cell(
	world: VirtualCloud,
	request: { readonly fault: string },
	firstMark: number,
): Promise<string[]> {
	const { clock, cloud } = world;
	const { accountId, accessKeyId, accessKeySecret, mns } = cloud.endpoints;
	const client = new Mns(accountId, { accessKeyId, accessKeySecret, endpoint: mns });
	const one: Cell = { world, mns: client, taken: new Set(), pending: [] };
	let endedAt = 0;
	const gapMs = Math.round((OUTAGE_MS * 1.5) / COMMANDS);
	for (let n = 0; n < COMMANDS; n++) {
		if (n === OUTSIDE) await cloud.faults.start(request);
		if (n === COMMANDS - OUTSIDE) {
			cloud.faults.clear();
			endedAt = clock.now();
		}
		const send = n % 2 === 0 ? byHttp : byQueue;
		one.pending.push(send(one, firstMark + n));
		await clock.advance(gapMs);
	}
	await clock.run(Promise.all(one.pending));
	return conclude(one, firstMark, endedAt);
}

async function byHttp({ world, taken }: Cell, mark: number): Promise<void> {
	const { http, apiKey } = world.cloud.endpoints;
	const headers = {
		authorization: `Bearer ${apiKey}`,
		"content-type": "application/json",
		"idempotency-key": `mark-${mark}`,
	};
	const body = JSON.stringify(commandOf(world, mark));
	for (let asked = 0; asked < MAX_ASKED; asked++) {
		const response = await fetch(`${http}/v1/commands`, { method: "POST", headers, body }).catch(
			() => undefined,
		);
		if (response?.ok) taken.add(mark);
		if (response && response.status < 500) return;
		await world.clock.sleep(AGAIN_MS);
	}
}

async function byQueue({ world, mns, taken }: Cell, mark: number): Promise<void> {
	const body = JSON.stringify({ ...commandOf(world, mark), idempotencyKey: `mark-${mark}` });
	const MessageBody = Buffer.from(body).toString("base64");
	for (;;) {
		const sent = await mns
			.sendMessage(world.cloud.endpoints.queues.commands, { MessageBody })
			.catch(() => undefined);
		if (sent) break;
		await world.clock.sleep(AGAIN_MS);
	}
	taken.add(mark);
}

const commandOf = (world: VirtualCloud, mark: number) => ({
	device: world.device(mark % 3),
	service: "Set",
	args: { param1: mark },
	expiresIn: EXPIRES_IN_SECONDS,
});

type Shown = Awaited<ReturnType<typeof listAll>>[number];

async function conclude(
	{ world, taken }: Cell,
	firstMark: number,
	endedAt: number,
): Promise<string[]> {
	const { clock } = world;
	const isOurs = (mark: number) => mark >= firstMark && mark < firstMark + COMMANDS;
	const markOf = ({ args }: Shown) => Number((args as { param1?: number }).param1);
	let commands: Shown[] = [];
	while (clock.now() < endedAt + MAX_DRAIN_MS) {
		commands = (await clock.run(listAll(world.cloud.endpoints))).filter((one) =>
			isOurs(markOf(one)),
		);
		const stored = new Set(commands.map(markOf));
		if ([...taken].every((mark) => stored.has(mark)) && commands.every(({ terminal }) => terminal))
			break;
		await clock.advance(LOOK_EVERY_MS);
	}
	const reached = new Map<number, number>();
	for (const { params } of world.deliveries("Set")) {
		const { param1 } = JSON.parse(params) as { param1: number };
		if (isOurs(param1)) reached.set(param1, (reached.get(param1) ?? 0) + 1);
	}
	const stored = new Set(commands.map(markOf));
	const wrong = commands.filter((one) => {
		const times = reached.get(markOf(one)) ?? 0;
		return one.state === "succeeded" ? times === 0 : NOT_SENT.has(one.state) && times > 0;
	}).length;
	const twice =
		[...reached.values()].filter((times) => times > 1).length + commands.length - stored.size;
	const states = new Map<string, number>();
	for (const { state } of commands) states.set(state, (states.get(state) ?? 0) + 1);
	return [
		String(taken.size),
		[...states].map(([state, count]) => `${count} ${state}`).join(", "),
		[
			[...taken].filter((mark) => !stored.has(mark)).length,
			twice,
			wrong,
			commands.filter(({ terminal }) => !terminal).length,
		].join(" / "),
		Math.max(0, (drainedAt(commands, endedAt) - endedAt) / 1_000).toFixed(0),
	];
}

/** What came only afterwards is no backlog. */
const drainedAt = (commands: readonly Shown[], endedAt: number): number =>
	Math.max(
		...commands
			.filter(({ createdAt }) => Date.parse(createdAt) <= endedAt)
			.map(({ updatedAt }) => Date.parse(updatedAt)),
	);

const NOT_SENT: ReadonlySet<string> = new Set(["expired", "canceled", "failed"]);
