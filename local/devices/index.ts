export { answersWell } from "./behaviour.ts";
export { mqttLogin } from "./credentials.ts";
export { type Fleet, startDevices } from "./fleet.ts";
export { readScript } from "./script.ts";
