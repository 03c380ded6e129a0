import type { FaultBoard } from "../faults/index.ts";

/** `GET /`: what there is, in plain text. */
export function help(url: string, faults: FaultBoard, virtual: boolean): string {
	const names = faults.kinds.map(({ name, takes, does }) => {
		const given = takes.length > 0 ? ` (${takes.join(", ")})` : "";
		return `  ${name.padEnd(20)}${does}${given}`;
	});
	return `The admin address of the local cloud. It has no counterpart in Alibaba Cloud.

GET  /state                             the time, faults, instances, timers, devices
  curl ${url}/state

GET  /stats                             what was asked of each service, what the functions used
POST /stats/reset                       counts from now on
  curl ${url}/stats

GET  /faults                            what goes wrong, and what could
POST /faults                            lets something go wrong
  curl ${url}/faults --json '{"fault":"kill worker"}'
  curl ${url}/faults --json '{"fault":"stall tablestore","seconds":5}'
  curl ${url}/faults --json '{"fault":"throttle iot","seconds":60,"share":0.5}'
DELETE /faults                          from now on everything goes well
  curl -X DELETE ${url}/faults

POST /timers/{function}/{trigger}/fire  fires a timer trigger now; {"payload":"…"} takes the place of its own
  curl -X POST ${url}/timers/timer/tick/fire

POST /devices/{deviceName}/report       lets a simulated device report something
  curl ${url}/devices/device-001/report --json '{"property":{"power":1}}'
  curl ${url}/devices/device-001/report --json '{"event":{"identifier":"alarm","value":{"reason":"smoke"}}}'

POST /clock/advance                     moves time on${virtual ? "" : " (only with npm start -- --virtual)"}
  curl ${url}/clock/advance --json '{"ms":60000}'

Faults. Seconds are by the local cloud's clock; without them a fault lasts until
it is cleared. A share is the part of the requests that it strikes, 0 to 1.
${names.join("\n")}
`;
}
