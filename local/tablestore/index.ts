export type { FaultChooser } from "../request-fault.ts";
export { busy, type Partition, splitPart } from "./faults.ts";
export { startTablestore, type TablestoreService } from "./service.ts";
