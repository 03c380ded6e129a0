"use strict";
/*
 * Keeps the time of a custom runtime's process by the local cloud's clock. Lines
 * of JSON travel over file descriptor 3: timers out, their firing and the time
 * in. The time comes with each request as well, since that takes another way.
 */
const { subscribe } = require("node:diagnostics_channel");
// Their own timers, for idle connections, stay real: so they are loaded before.
require("node:http");
require("node:https");
const { Socket } = require("node:net");
const { installVirtualTime } = require("./virtual-time.cjs");

/** Turns of the event loop before the process says what it waits for. */
const PROBE_TURNS = 5;
const TIME_HEADER = "x-fc-local-now";

function followClock(start, seed, settings) {
	const channel = new Socket({ fd: 3, readable: true, writable: true });
	const nextTurn = setImmediate;
	const send = (message) => channel.write(`${JSON.stringify(message)}\n`);
	const time = installVirtualTime(start, seed, {
		set: (id, ms) => send({ t: "timer", id, ms }),
		clear: (id) => send({ t: "clear", id }),
		...settings,
	});
	/** Requests of the local cloud that have not been answered to the end. */
	let served = 0;

	const receive = (message) => {
		time.moveTo(message.now);
		if (message.t === "fire") time.fire(message.id);
		// After what is already on its way inside this process.
		else afterTurns(PROBE_TURNS, () => send({ t: "state", ...time.state(), served }));
	};

	function afterTurns(turns, callback) {
		if (turns === 0) callback();
		else nextTurn(() => afterTurns(turns - 1, callback));
	}

	subscribe("http.server.request.start", ({ request, response }) => {
		const now = request.headers[TIME_HEADER];
		if (now === undefined) return;
		time.moveTo(Number(now));
		time.noteActivity();
		served++;
		response.once("close", () => {
			served--;
			time.noteActivity();
		});
	});

	let rest = "";
	channel.setEncoding("utf8");
	channel.on("data", (text) => {
		const lines = (rest + text).split("\n");
		rest = lines.pop();
		for (const line of lines) receive(JSON.parse(line));
	});
	// Whether the process lives on is for the function's own work to decide.
	channel.unref();
	channel.on("error", () => {});
	send({ t: "follows" });
}

module.exports = { followClock };
