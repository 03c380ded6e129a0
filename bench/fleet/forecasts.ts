import { devicesOf } from "../../test/support/fleet/fleet.ts";
import { seededRandom } from "../../test/support/random.ts";
import { median } from "../report.ts";
import { openFleet, runUntilEnded, startOver } from "./run.ts";

/** How far the forecast's finish is from the real one, for different shares of devices that are offline. */
export async function forecastErrors(quick: boolean): Promise<string[][]> {
	const errors: number[] = [];
	const seeds = quick ? 3 : 20;
	for (let seed = 1; seed <= seeds; seed++) {
		const random = seededRandom(seed);
		const share = random() * 0.4;
		const count = 1_000 + Math.floor(random() * 3_000);
		const offline = new Set(
			devicesOf(count).flatMap((one) => (random() < share ? one.deviceName : [])),
		);
		const run = openFleet({ seed, isOffline: (name) => offline.has(name) });
		const { world, fleet } = run;
		const now = world.clock.now();
		for (const { productKey, deviceName } of devicesOf(count)) {
			const status = offline.has(deviceName) ? "offline" : "online";
			await world.stores.devices.note(productKey, deviceName, now, (one) => ({ ...one, status }));
		}
		const waves = [{ count: 20 }, { percent: 20 }, { percent: 100 }];
		const body = { waves, soakSeconds: 10, rate: { perSecond: 50 + Math.floor(random() * 400) } };
		const command = { service: "Set", args: {}, replyTimeout: 600 };
		const forecast = await world.request("POST", "/v1/jobs/forecast", {
			body: { targets: { query: "productKey = 'pk'" }, command, ...body },
		});
		const { confirmedAt } = forecast.body as unknown as { confirmedAt: string };
		const { id } = await startOver(run, count, body);
		await runUntilEnded(run, id, 500);
		const actual = fleet.lastReplyAt - now;
		errors.push(Math.abs(Date.parse(confirmedAt) - now - actual) / actual);
	}
	const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
	return [
		[
			`forecast against actual finish, ${seeds} seeds, 0 to 40 % offline`,
			`median ${percent(median(errors))}, worst ${percent(Math.max(...errors))}`,
		],
	];
}
