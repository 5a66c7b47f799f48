import type { Principal } from "../principal.ts";
import type {
  PushSubscription,
  PushSubscriptionList,
  PushSubscriptionRef,
  SubscribePushInput,
} from "../push.ts";

/** The caller's own devices. Every method throws TrunklineError; `not_found` also if the device is somebody else's. */
export interface PushService {
  /**
   * Subscribes a device, or takes over a new key or sign-in of one that is subscribed. It is told for as long as the token that
   * it was subscribed with holds.
   * @throws `validation_failed` beyond `MAX_PUSH_SUBSCRIPTIONS`, or for an address that must not be connected to; `not_found` if
   * it is to be renewed and is not there; `forbidden` if the operator has turned push off
   */
  subscribe(principal: Principal, input: SubscribePushInput): Promise<PushSubscription>;
  /** @throws `unavailable` if the server's key can't be read */
  list(principal: Principal): Promise<PushSubscriptionList>;
  /** @returns the subscription as it was */
  unsubscribe(principal: Principal, input: PushSubscriptionRef): Promise<PushSubscription>;
  /** Sends a test now, and once. @returns the subscription as it is then, with the failure if there was one */
  test(principal: Principal, input: PushSubscriptionRef): Promise<PushSubscription>;
}
