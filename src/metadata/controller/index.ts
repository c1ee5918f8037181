export type { ControllerApi, ControllerApis, ControllerReply, ControllerRequest } from './apis.ts';
export { controllerMachine, type ControllerMachine, type ControllerOptions } from './machine.ts';
