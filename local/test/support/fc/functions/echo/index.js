// A function whose event says what it shall do.
const { randomUUID } = require("node:crypto");
const { appendFileSync, existsSync } = require("node:fs");

const instance = randomUUID();
let count = 0;
let initialized = false;

exports.initializer = async () => {
	initialized = true;
};

exports.preStop = async () => {
	if (process.env.STOP_FILE) appendFileSync(process.env.STOP_FILE, `${instance}\n`);
};

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function appear(path) {
	while (!existsSync(path)) await pause(5);
}

const actions = {
	async echo(_command, event) {
		return event;
	},
	async text(command) {
		return command.value;
	},
	async count() {
		count++;
		return { count, instance, initialized };
	},
	async context(_command, event, context) {
		const { logger, ...rest } = context;
		return {
			context: rest,
			env: process.env,
			isBuffer: Buffer.isBuffer(event),
			hasLogger: !!logger,
		};
	},
	async throw() {
		throw new RangeError("out of luck");
	},
	async crash() {
		process.exit(3);
	},
	async sleep(command) {
		await pause(command.ms);
		return { instance };
	},
	/** Says that it runs, then waits until it may go on. */
	async hold(command) {
		appendFileSync(command.began, `${process.pid}\n`);
		await appear(command.until);
		return { instance };
	},
	async allocate() {
		const kept = [];
		for (;;) {
			kept.push(Buffer.alloc(8 * 1024 * 1024, 1));
			await pause(1);
		}
	},
	async log(_command, _event, context) {
		console.log("first line\nsecond line");
		context.logger.warn("through the logger");
		process.stdout.write("straight to stdout\n");
		return "";
	},
	/** Notes every run, fails the first `failures` of them. */
	async flaky(command) {
		appendFileSync(command.file, "run\n");
		const { readFileSync } = require("node:fs");
		const runs = readFileSync(command.file, "utf8").split("\n").length - 1;
		if (runs <= command.failures) throw new Error(`failure ${runs}`);
		return { runs };
	},
	/** Looks at the clock, waits, looks again; meanwhile an interval ticks. */
	async time(command) {
		let ticks = 0;
		const interval = setInterval(() => ticks++, 1_000);
		const began = new Date();
		await pause(command.ms);
		await require("node:timers/promises").setTimeout(500);
		clearInterval(interval);
		return { began: began.toISOString(), ended: Date.now(), ticks, isDate: began instanceof Date };
	},
	/** Asks a server, with a timer against its silence. */
	async ask(command) {
		const { get } = require("node:http");
		return new Promise((resolve, reject) => {
			const timer = setTimeout(() => reject(new Error("no answer in time")), command.ms);
			get(command.url, (response) => {
				response.resume();
				response.on("end", () => {
					clearTimeout(timer);
					resolve({ status: response.statusCode, now: Date.now() });
				});
			});
		});
	},
	/** Goes on working after it answered. */
	async background(command) {
		setInterval(() => appendFileSync(command.file, "tick\n"), 5);
		return "";
	},
};

exports.handler = async (event, context) => {
	let command;
	try {
		command = JSON.parse(event.toString());
	} catch {
		command = {};
	}
	// A destination's and a timer's event wrap the payload.
	if (typeof command.payload === "string" && command.triggerName) {
		appendFileSync(process.env.TIMER_FILE, `${event}\n`);
		return "";
	}
	return (actions[command.action] ?? actions.echo)(command, event, context);
};

exports.callback = (event, _context, callback) => {
	const text = event.toString();
	if (text === "fail") callback(new Error("handled"));
	else callback(null, `called back: ${text}`);
};
