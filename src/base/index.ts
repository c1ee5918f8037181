export { assert, InvariantError, never } from './assert.ts';
export { SimulatedClock, systemClock, type Clock, type Timer } from './clock.ts';
export { every } from './every.ts';
export { diskFileSystem } from './disk-file-system.ts';
export { FileError, type File, type FileInfo, type FileSystem } from './file-system.ts';
export { LOG_LEVELS, LogLevels, ROOT_LOGGER, type LoggerLevel } from './log-levels.ts';
export { RecordingLogger, silentLogger, type LogFields, type Logger, type LogLevel } from './logger.ts';
export { MemoryFileSystem, type FaultHook, type FileOperation } from './memory-file-system.ts';
export { randomUuid, SeededRandom, systemRandom, ZERO_UUID, type Random } from './random.ts';
