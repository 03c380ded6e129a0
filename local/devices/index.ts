export { answersWell, type Behaviour, type Received, type Reply } from "./behaviour.ts";
export { type DeviceSecret, mqttLogin, type SignMethod } from "./credentials.ts";
export { type Fleet, startDevices } from "./fleet.ts";
export { SimulatedDevice } from "./simulated-device.ts";
