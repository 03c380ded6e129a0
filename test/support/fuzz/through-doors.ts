import { isExactObject, parseExact } from "../../../shared/json/exact.ts";
import { seededRandom } from "../random.ts";
import { StrictTable } from "../table/strict-table.ts";
import { answered, sent } from "../world/scripted-platform.ts";
import { LIGHT, type Shown, World } from "../world/world.ts";
import { throughReplies, throughTimer, throughWorker } from "./function-doors.ts";

const SAYS_SO = /commands could not be read|a command could not be (sent|given up)/;

/** Something that must never be, with the inputs that brought it about. */
class Broken extends Error {
	override readonly name = "Broken";
}

export interface Outcome {
	accepted: number;
	refused: number;
}

type Door = (world: World, inputs: readonly string[]) => Promise<void>;

/** What can be sent once more is much the same for all. */
const MAX_REDRIVES = 20;

const neighbour = (n: number) =>
	JSON.stringify({ device: { iotId: `n${n}` }, service: "Neighbour" });

/** Each takes all inputs at once, with a sound command before and after where it takes several. */
export const DOORS: Readonly<Record<string, Door>> = {
	async http(world, inputs) {
		for (const body of inputs) await answers(world, "POST", "/v1/commands", body);
	},
	async "http schedules"(world, inputs) {
		const at = new Date(world.clock.now() + 5_000).toISOString().slice(0, 19);
		for (const command of inputs) {
			const body = `{"when":{"at":"${at}","timeZone":"UTC"},"command":${command}}`;
			await answers(world, "POST", "/v1/schedules", body);
		}
		await answers(world, "GET", "/v1/schedules?limit=100", undefined);
		await world.clock.advance(70_000);
	},
	async "http reactions"(world, inputs) {
		for (const command of inputs) {
			const body = `{"when":{"source":"message"},"do":${command}}`;
			await answers(world, "POST", "/v1/reactions", body);
		}
		await answers(world, "GET", "/v1/reactions?limit=100", undefined);
		await world.clock.advance(1_100);
		await world.deliverFrom("thingcast-events", { id: "e", body: '{"any":1}' });
	},
	async timer(world, inputs) {
		for (const [n, payload] of inputs.entries()) await world.fire(`t${n}`, payload);
	},
	"mns queue": (world, inputs) => batch(world, inputs, (body, id) => mns(world, body, id)),
	"mns queue in base64": (world, inputs) =>
		batch(world, inputs, (body, id) =>
			mns(world, JSON.stringify(Buffer.from(body).toString("base64")), id),
		),
	"mns queue as text": (world, inputs) =>
		batch(world, inputs, (body, id) => mns(world, JSON.stringify(body), id)),
	rocketmq: (world, inputs) =>
		batch(world, inputs, (body, id) =>
			event(
				"mq:Topic:SendMessage",
				`{"topic":"${QUEUE}","systemProperties":{"UNIQ_KEY":"${id}"},"body":${body}}`,
			),
		),
	rabbitmq: (world, inputs) =>
		batch(world, inputs, (body, id) => event("amqp:Queue:SendMessage", `{"body":${body}}`, id)),
	kafka: (world, inputs) =>
		batch(world, inputs, (body, id) =>
			event(
				"alikafka:Topic:Message",
				`{"topic":"${QUEUE}","partition":1,"offset":"${id}","value":${body}}`,
			),
		),
	async "reports of devices"(world, inputs) {
		await world.request("POST", "/v1/reactions", { body: ECHO });
		const events = inputs.map((input, n) => {
			const device = '"productKey":"sensor","deviceName":"hall"';
			const fields =
				n % 2 === 0 ? `"items":{"a":{"value":${input}}}` : `"identifier":"e","value":${input}`;
			return wrapped(`{${device},${fields}}`, n);
		});
		await world.invokeQueue(`[${[...events, wrapped(SOUND_EVENT, -1)].join(",")}]`);
	},
	async replies(world, inputs) {
		world.platform.script = () => sent(`m${world.platform.calls.length}`);
		for (const _ of inputs) await world.send({ args: { n: 1 } });
		await world.clock.advance(1_000);
		const device = '"iotId":"iot-1","productKey":"pk","deviceName":"light"';
		const events = inputs.map((input, n) =>
			wrapped(`{${device},"requestId":"m${n + 1}","code":200,"message":"ok","data":${input}}`, n),
		);
		await world.invokeQueue(`[${events.join(",")}]`);
		for (let n = 1; n <= inputs.length; n++) await world.reply(`m${n}`);
	},
	worker: throughWorker,
	"timer events": throughTimer,
	"replies of any form": async (world, inputs) => {
		world.platform.script = () => sent(`m${world.platform.calls.length}`);
		await throughReplies(world, inputs);
	},
};

/** Doors through which devices say what they like: any JSON, and no body of a command. */
export const isOfDevices = (door: string): boolean =>
	["replies", "replies of any form", "reports of devices", "worker", "timer events"].includes(door);

const QUEUE = "thingcast-commands";
const ECHO = {
	when: { source: "property", productKey: "sensor" },
	do: { device: LIGHT, service: "Echo", args: { v: "{% value %}" } },
};
const SOUND_EVENT = '{"productKey":"sensor","deviceName":"other","items":{"a":{"value":"sound"}}}';

const event = (type: string, data: string, id = "e") =>
	`{"id":"${id}","specversion":"1.0","source":"s","subject":"x/${QUEUE}","type":"${type}","data":${data}}`;
const mns = (world: World, body: string, id: string) =>
	JSON.stringify(world.cloudEvent(QUEUE, { id, body: "@" })).replace('"@"', () => body);

function wrapped(payload: string, n: number): string {
	const body = JSON.stringify({
		messageid: `w${n}`,
		topic: "/sensor/hall/thing/downlink",
		payload: Buffer.from(payload).toString("base64"),
	});
	const subject = "acs:mns:cn-shanghai:1:queues/thingcast-events";
	const data = { messageId: `w${n}`, messageBody: body };
	return JSON.stringify({
		id: "e",
		specversion: "1.0",
		source: "s",
		subject,
		type: "mns:Queue:SendMessage",
		data,
	});
}

async function batch(
	world: World,
	inputs: readonly string[],
	toEvent: (body: string, id: string) => string,
): Promise<void> {
	// An event is always JSON; in it, what is none can only be a text.
	const events = inputs.map((body, n) =>
		toEvent(isJson(body) ? body : JSON.stringify(body), `i${n}`),
	);
	const before = toEvent(neighbour(1), "n1");
	const after = toEvent(neighbour(2), "n2");
	await world.invokeQueue(`[${[before, ...events, after].join(",")}]`);
}

function isJson(text: string): boolean {
	try {
		JSON.parse(text);
		return true;
	} catch {
		return false;
	}
}

async function answers(
	world: World,
	method: string,
	path: string,
	body: string | undefined,
): Promise<void> {
	const answer = await world.request(method, path, body === undefined ? {} : { body });
	if (answer.status >= 500) throw new Broken(`${path} answers ${answer.status}: ${answer.text}`);
	if (answer.status < 400 || answer.status === 413) return;
	const { type, errors } = answer.body as { type?: string; errors?: Array<{ pointer: string }> };
	if (
		!String(type).endsWith("malformed-json") &&
		!errors?.every(({ pointer }) => typeof pointer === "string")
	)
		throw new Broken(`${path} refuses without a pointer: ${answer.text}`);
}

/**
 * Brings inputs through a door, and whatever is accepted to its end: to the
 * platform as the SDK would send it, into lists, and once more by redrive.
 *
 * @throws Broken
 */
export async function throughDoor(name: string, inputs: readonly string[]): Promise<Outcome> {
	const door = DOORS[name];
	if (!door) throw new Error(`no door ${name}`);
	const world = new World({ table: (memory) => new StrictTable(memory), random: seededRandom(1) });
	world.platform.script = () => answered();
	world.platform.models.set("pk", "{}");
	await door(world, inputs);
	await world.clock.advance(5_000);
	const commands = await allCommands(world);
	for (const { device, service, args } of world.platform.calls) {
		for (const text of [service, args, ...Object.values(device)]) encodeURIComponent(text);
		if (!isExactObject(parseExact(args))) throw new Broken(`sent ${args}`);
	}
	const sentTwice = world.platform.calls.length - commands.length;
	if (sentTwice !== 0) throw new Broken(`${sentTwice} more calls than commands`);
	for (const { id, state, args } of commands) {
		if (state !== "succeeded")
			throw new Broken(`command ${id} is ${state}: ${JSON.stringify(args)}`);
	}
	if (name.includes("queue") || ["rocketmq", "rabbitmq", "kafka"].includes(name)) {
		const near = commands.filter(({ service }) => service === "Neighbour");
		if (near.length < 2) throw new Broken(`${2 - near.length} neighbours are lost`);
	}
	if (
		name === "reports of devices" &&
		!commands.some(({ args }) => JSON.stringify(args) === '{"v":"sound"}')
	)
		throw new Broken("a sound event beside them fired nothing");
	await redriveAll(world, commands);
	// The worker says so of what is no command, and goes on with the others.
	const failures = world.logged.filter(
		(line) => /"level":"error"/.test(line) && !(name === "worker" && SAYS_SO.test(line)),
	);
	if (failures.length > 0) throw new Broken(failures.join("\n"));
	return { accepted: commands.length, refused: inputs.length - commands.length };
}

async function allCommands(world: World): Promise<Shown[]> {
	const all: Shown[] = [];
	for (let cursor: unknown = ""; cursor !== null; ) {
		const page = await world.request(
			"GET",
			`/v1/commands?limit=100${cursor && `&cursor=${cursor}`}`,
		);
		if (page.status !== 200) throw new Broken(`the list answers ${page.status}: ${page.text}`);
		all.push(...(page.body["commands"] as Shown[]));
		cursor = page.body["cursor"];
	}
	const letters = await world.request("GET", "/v1/dead-letters?limit=100");
	if (letters.status !== 200) throw new Broken(`dead letters answer ${letters.status}`);
	return all;
}

/** The same again: what could be sent once can be sent twice. */
async function redriveAll(world: World, commands: readonly Shown[]): Promise<void> {
	const some = commands.slice(0, MAX_REDRIVES);
	world.platform.calls.length = 0;
	world.platform.script = () => answered();
	for (const { id } of some) {
		const { status, text } = await world.request("POST", `/v1/commands/${id}/redrive`);
		if (status !== 202) throw new Broken(`the redrive of ${id} answers ${status}: ${text}`);
	}
	await world.clock.advance(5_000);
	const again = world.platform.calls.length;
	if (again !== some.length) throw new Broken(`${again} of ${some.length} redrives are sent`);
}
