import {
  validateBrokerConfigs,
  validateClientMetricsConfigs,
  validateGroupConfigs,
  validateTopicConfigs,
  type AlterationProblem,
} from '../../config/index.ts';
import { ErrorCode } from '../../wire/index.ts';
import { ConfigResourceType, type ConfigResource } from '../configs.ts';
import type { ControllerContext } from './context.ts';
import { refused, type Refusal } from './refusal.ts';

export const MIN_ISR = 'min.insync.replicas';

/** What is wrong with all that a resource would have for configs; undefined when it may have them. */
export function configRefusal(
  context: ControllerContext,
  { type, name }: ConfigResource,
  after: ReadonlyMap<string, string>,
): Refusal | undefined {
  const [problem] = problemsOf(context, { type, name }, after);
  return problem === undefined ? undefined : refused(ErrorCode[problem.error], problem.message);
}

function problemsOf(
  context: ControllerContext,
  { type, name }: ConfigResource,
  after: ReadonlyMap<string, string>,
): readonly AlterationProblem[] {
  switch (type) {
    case ConfigResourceType.topic:
      return validateTopicConfigs(after, context.config, context.image.configs.of(type, name));
    case ConfigResourceType.group:
      return validateGroupConfigs(after, context.config);
    case ConfigResourceType.clientMetrics:
      return validateClientMetricsConfigs(after);
    default: {
      const clusterDefaults = context.image.configs.of(ConfigResourceType.broker, '');
      const current = context.config.with({ clusterDefaults, brokerOverrides: context.image.configs.of(type, name) });
      const { isElrEnabled } = context;
      return name === ''
        ? validateBrokerConfigs(after, 'cluster', context.config, { isElrEnabled })
        : validateBrokerConfigs(after, 'broker', current, { isElrEnabled });
    }
  }
}
