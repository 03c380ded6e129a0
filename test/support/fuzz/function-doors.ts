import type { World } from "../world/world.ts";

/** Fields of a stored command, any of which may be anything in what the worker is invoked with. */
const FIELDS = [
	"id",
	"device",
	"service",
	"args",
	"state",
	"attempts",
	"source",
	"expiresAt",
	"wakeAt",
	"lease",
	"after",
	"together",
	"messageId",
	"inDoubt",
];

/**
 * The worker, invoked with commands of which every other one is anything: those
 * beside it must be sent all the same.
 */
export async function throughWorker(world: World, inputs: readonly string[]): Promise<void> {
	world.invocationsWork = false;
	const items: string[] = [];
	for (const [n, input] of inputs.entries()) {
		const { id } = await world.send({ service: "Neighbour", args: { n } });
		const stored = await world.stores.commands.get(id);
		if (!stored) throw new Error(`command ${id} is not stored`);
		const command = JSON.stringify(stored.document);
		items.push(`{"version":"1","command":${command}}`, strange(command, input, n));
	}
	world.invocationsWork = true;
	await invokeWorker(world, `{"commands":[${items.join(",")}]}`);
	for (const input of inputs) await invokeWorker(world, input).catch(() => {});
}

const invokeWorker = (world: World, event: string) =>
	world.clock.run(world.worker(Buffer.from(event), { requestId: "fuzz", timeoutSeconds: 300 }));

function strange(command: string, input: string, n: number): string {
	if (n % 3 === 0) return input;
	if (n % 3 === 1) return `{"version":${input},"command":${command}}`;
	const other = command.replace(/"id":"[^"]*"/, '"id":"01KATZ5Y3RQ9K0M8V7D4N2XHBC"');
	const field = FIELDS[n % FIELDS.length] ?? "args";
	const rest = other.slice(1).replace(new RegExp(`"${field}":`), `"was-${field}":`);
	return `{"version":"1","command":{"${field}":${input},${rest}}`;
}

/** What is no firing of a timer, or one whose fields are anything. */
export async function throughTimer(world: World, inputs: readonly string[]): Promise<void> {
	const events = inputs.flatMap((input) => [
		input,
		`{"triggerTime":${input},"triggerName":"t","payload":"x"}`,
		`{"triggerTime":"2026-01-01T00:00:00Z","triggerName":${input},"payload":"x"}`,
		`{"triggerTime":"2026-01-01T00:00:00Z","triggerName":"t","payload":${input}}`,
	]);
	for (const event of events) {
		const context = { requestId: "fuzz", timeoutSeconds: 300 };
		// What is no firing is refused; nobody else is concerned.
		await world.clock.run(world.timer(Buffer.from(event), context).catch(() => {}));
	}
	// The next tick is a sound one.
	await world.send({ service: "Neighbour" });
	await world.clock.advance(61_000);
}

const DEVICE = '"iotId":"iot-1","productKey":"pk","deviceName":"light"';

/** Replies of which any field is anything, and a sound one for each command afterwards. */
export async function throughReplies(world: World, inputs: readonly string[]): Promise<void> {
	for (const _ of inputs) await world.send({ args: { n: 1 } });
	await world.clock.advance(1_000);
	const replies = inputs.map((input, n) => {
		const field = ["requestId", "code", "message", "topic", "gmtCreate", "data"][n % 6];
		const rest = Object.entries({ requestId: `"m${n}x"`, code: "200", topic: '"/a/b"' })
			.filter(([name]) => name !== field)
			.map(([name, value]) => `"${name}":${value}`);
		return `{${DEVICE},"${field}":${input},${rest.join(",")}}`;
	});
	for (let at = 0; at < replies.length; at += 10) {
		await world.deliverFrom(
			"thingcast-events",
			...replies.slice(at, at + 10).map((body, n) => ({ id: `r${at + n}`, body })),
		);
	}
	for (let n = 1; n <= inputs.length; n++) await world.reply(`m${n}`);
}
