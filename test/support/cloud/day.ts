import type { TimerTrigger } from "./project.ts";
import type { VirtualCloud } from "./virtual-cloud.ts";

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

const variable = (name: string) => `\${vars.example.${name}}`;
const device = { productKey: variable("productKey"), deviceName: variable("deviceName") };

/** Timers of a day that send commands, beside the tick that s.yaml has. */
export const DAY_TIMERS: readonly TimerTrigger[] = [
	{
		name: "every-three-hours",
		cronExpression: "15 30 1/3 * * *",
		command: { device, service: "Set", args: { param1: 3 } },
	},
	{
		name: "in-the-morning",
		cronExpression: "CRON_TZ=Asia/Shanghai 5 0 7 * * *",
		command: { device, service: "Reboot" },
	},
	{
		name: "every-five-hours",
		cronExpression: "@every 5h",
		command: { device, service: "Calibrate", args: { offset: 1 } },
	},
];

/** When each service is to have reached the device on that day, in milliseconds since its start. */
export const DAY_DELIVERIES: Readonly<Record<string, readonly number[]>> = {
	Set: [1, 4, 7, 10, 13, 16, 19, 22].map((hours) => (hours + 0.5) * HOUR_MS + 15 * SECOND_MS),
	// Seven in Shanghai is eleven in the evening of UTC, in which the day began.
	Reboot: [23 * HOUR_MS + 5 * SECOND_MS],
	Calibrate: [5, 10, 15, 20].map((hours) => hours * HOUR_MS),
};

export function deliveriesOf(world: VirtualCloud): Record<string, number[]> {
	return Object.fromEntries(
		Object.keys(DAY_DELIVERIES).map((service) => [
			service,
			world.deliveries(service).map(({ at }) => at),
		]),
	);
}
