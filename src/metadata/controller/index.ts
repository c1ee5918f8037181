export type { ControllerApi, ControllerApis, ControllerReply, ControllerRequest } from './apis.ts';
export {
  controllerMachine,
  type ControllerInput,
  type ControllerMachine,
  type ControllerOptions,
  type NoSoftState,
} from './machine.ts';
export type { ControllerState } from './state.ts';
export { directoryOf, isOnline } from './directories.ts';
