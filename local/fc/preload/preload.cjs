"use strict";
/*
 * Loaded by every Node process of a custom runtime before the function's own
 * code (NODE_OPTIONS): makes of this machine what a container in the cloud is.
 * Plain CommonJS without imports beyond Node's own, because its time is part of
 * every cold start.
 */
const { isMainThread } = require("node:worker_threads");

require("./code-scope.cjs");

/** What the local cloud says; for this process only, not for those that it starts. */
const given = process.env.FC_LOCAL;
delete process.env.FC_LOCAL;

if (given && isMainThread) {
	const { port, listenPort, now, seed, skewMs, localPorts } = JSON.parse(given);
	const { placeServer } = require("./server-port.cjs");
	placeServer(port, listenPort);
	if (now !== undefined) {
		const { followClock } = require("./follow-clock.cjs");
		followClock(now, seed, { skewMs, localPorts });
	} else if (skewMs) {
		const { installDate } = require("./virtual-time.cjs");
		const realNow = Date.now;
		installDate(() => realNow() + skewMs);
	}
}
