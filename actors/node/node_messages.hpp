// SPDX-License-Identifier: Apache-2.0
// What the actors of one node say to each other, and the types of their handles. None of this leaves the process.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "actors/caf_messages.hpp"
#include "actors/node/answer_slot.hpp"
#include "actors/node/channels.hpp"
#include "actors/node/share_messages.hpp"
#include "coordination/orchestration/node_actions.hpp"
#include "coordination/ports.hpp"
#include "coordination/sharing/collaborative/bargain_messages.hpp"
#include "coordination/sharing/patterns/share_options.hpp"

namespace dunlin {

struct agent_kind;
class progress_slot;

// -- to an agent

/// The numbers under which the dispatcher knows the agents of an actor; no task comes before them.
struct crew_enrolled {
  std::vector<agent_id> ids;
};

/// Tasks for agents of one actor, in their order.
struct order_batch {
  std::vector<start_task> starts;
};

/// A message for one of them.
struct agent_delivery {
  agent_id to;
  agent_address from;
  std::string type;
  bytes body;
  std::shared_ptr<answer_slot> reply;
};

/// From the coordinator of a device to one that negotiates over it, by way of the dispatcher. The answer is a share_bid
/// or a share_answer to the coordinator.
struct bargain_request {
  agent_id agent;
  device_id device;
  share_wish wish;  ///< what its contract asks for
  std::variant<call_for_bids, share_offer> said;
};

/// An actor with one agent or a crew of them.
using crew_handle =
    caf::typed_actor<caf::reacts_to<crew_enrolled>, caf::reacts_to<order_batch>, caf::reacts_to<stop_task>,
                     caf::reacts_to<agent_delivery>, caf::reacts_to<bargain_request>>;

// -- to the dispatcher

/// A new actor with `its_class.instances` agents.
struct crew_up {
  agent_class its_class;
  crew_handle crew;
  std::function<void(agent_id)> enrolled;  ///< may be empty; gets the first one
};

struct crew_down {
  crew_handle crew;
  std::string why;
};

struct agent_finished {
  agent_id agent;
  task_outcome outcome;
  std::optional<device_id> by_device = {};  ///< what failed is not the handler's word but that of this device
};

/// Seen at the device itself, whether or not a step runs there.
struct device_broke {
  device_id device;
  error why;
};

struct agent_progress {
  agent_id agent;
  task_epoch task;
  std::shared_ptr<progress_slot> slot;
};

/// Its handler waits for the members of its group, or waits no longer.
struct agent_awaits_group {
  agent_id agent;
  task_epoch task;
  bool waits = false;
};

struct agent_saved {
  agent_id agent;
  checkpoint_item item;
};

struct lease_granted {
  agent_id agent;
  device_id device;
  lease_id lease;
  fencing_token token = 0;
};

/// The lease of an agent has ended, or what it asked the device for is refused.
struct lease_lost {
  agent_id agent;
  error why;
  device_id device;
  lease_id lease = {};  ///< 0 = refused
};

/// Whether a share is kept for who stands for a task.
struct reservation_answer {
  agent_id stand_in;
  error refused{errc::none};  ///< none = it is
};

struct leader_is_up {};
struct leader_is_down {};

/// What the dispatcher tells of itself for a heartbeat.
struct node_figures {
  std::uint32_t running = 0;
  std::uint32_t queued = 0;
  std::uint32_t stuck = 0;
};

/// Reads what the dispatcher knows, on its thread: be short.
struct dispatch_query {
  std::function<void(const class node_dispatch&)> read;
};

// -- to the router

struct agent_listed {
  agent_id id;
  std::string kind;
  crew_handle crew;
};

struct outgoing_call {
  agent_call call;  ///< `request` is the router's to fill
  completion<bytes> done;
};

struct outgoing_find {
  std::string node;  ///< empty = this one
  std::string kind;
  bool spawn = false;
  milliseconds patience{3'000};
  completion<agent_address> done;
};

struct incoming_traffic {
  std::string node;
  incarnation life;
  agent_traffic message;
};

struct local_answer {
  request_id request;  ///< of the asking node
  std::string node;
  result<bytes> answer;
};

// -- to the supervisor

/// Start one more agent of a kind; `done` gets its address once it can be used.
struct spawn_agent {
  std::string kind;
  completion<agent_address> done;
};

}  // namespace dunlin

#define DUNLIN_LOCAL_MESSAGE(name) CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dunlin::name)
DUNLIN_LOCAL_MESSAGE(crew_enrolled)
DUNLIN_LOCAL_MESSAGE(agent_delivery)
DUNLIN_LOCAL_MESSAGE(bargain_request)
DUNLIN_LOCAL_MESSAGE(share_bid)
DUNLIN_LOCAL_MESSAGE(share_answer)
DUNLIN_LOCAL_MESSAGE(order_batch)
DUNLIN_LOCAL_MESSAGE(stop_task)
DUNLIN_LOCAL_MESSAGE(crew_up)
DUNLIN_LOCAL_MESSAGE(crew_down)
DUNLIN_LOCAL_MESSAGE(agent_finished)
DUNLIN_LOCAL_MESSAGE(device_broke)
DUNLIN_LOCAL_MESSAGE(agent_progress)
DUNLIN_LOCAL_MESSAGE(agent_saved)
DUNLIN_LOCAL_MESSAGE(agent_awaits_group)
DUNLIN_LOCAL_MESSAGE(lease_granted)
DUNLIN_LOCAL_MESSAGE(lease_lost)
DUNLIN_LOCAL_MESSAGE(leader_is_up)
DUNLIN_LOCAL_MESSAGE(leader_is_down)
DUNLIN_LOCAL_MESSAGE(node_figures)
DUNLIN_LOCAL_MESSAGE(dispatch_query)
DUNLIN_LOCAL_MESSAGE(reservation_answer)
DUNLIN_LOCAL_MESSAGE(agent_listed)
DUNLIN_LOCAL_MESSAGE(outgoing_call)
DUNLIN_LOCAL_MESSAGE(outgoing_find)
DUNLIN_LOCAL_MESSAGE(incoming_traffic)
DUNLIN_LOCAL_MESSAGE(local_answer)
DUNLIN_LOCAL_MESSAGE(spawn_agent)
#undef DUNLIN_LOCAL_MESSAGE

namespace dunlin {

using flush_atom = caf::atom_constant<caf::atom("flush")>;
using tick_atom = caf::atom_constant<caf::atom("tick")>;

/// There is something in the node's `finished_box`.
using collect_atom = caf::atom_constant<caf::atom("collect")>;

using dispatcher_handle =
    caf::typed_actor<caf::reacts_to<grant_batch>, caf::reacts_to<receipt_batch>, caf::reacts_to<lease_renewed>,
                     caf::reacts_to<cancel_order>, caf::reacts_to<priority_order>, caf::reacts_to<crew_up>,
                     caf::reacts_to<crew_down>, caf::reacts_to<agent_finished>, caf::reacts_to<device_broke>,
                     caf::reacts_to<agent_progress>, caf::reacts_to<agent_saved>, caf::reacts_to<agent_awaits_group>,
                     caf::reacts_to<lease_granted>, caf::reacts_to<lease_lost>, caf::reacts_to<reservation_answer>,
                     caf::reacts_to<bargain_request>, caf::reacts_to<leader_is_up>, caf::reacts_to<dispatch_query>,
                     caf::reacts_to<collect_atom>, caf::reacts_to<drain_order>, caf::reacts_to<flush_atom>,
                     caf::reacts_to<tick_atom>>;

using coordinator_handle =
    caf::typed_actor<caf::reacts_to<share_ask>, caf::reacts_to<share_reserve>, caf::reacts_to<share_claim>,
                     caf::reacts_to<share_unreserve>, caf::reacts_to<share_coordinate>, caf::reacts_to<share_return>,
                     caf::reacts_to<share_quarantine>, caf::reacts_to<share_used>, caf::reacts_to<share_bid>,
                     caf::reacts_to<share_answer>, caf::reacts_to<agent_gone>, caf::reacts_to<load_query>,
                     caf::reacts_to<tick_atom>>;

/// There is something in the device's gate.
using news_atom = caf::atom_constant<caf::atom("news")>;

/// Of a device that several nodes work on.
using shared_coordinator_handle =
    coordinator_handle::extend<caf::reacts_to<home_heard>, caf::reacts_to<sharing_heard>, caf::reacts_to<news_atom>>;

using router_handle =
    caf::typed_actor<caf::reacts_to<agent_listed>, caf::reacts_to<agent_gone>, caf::reacts_to<outgoing_call>,
                     caf::reacts_to<outgoing_find>, caf::reacts_to<incoming_traffic>, caf::reacts_to<local_answer>,
                     caf::reacts_to<peer_lost>, caf::reacts_to<tick_atom>>;

using restart_atom = caf::atom_constant<caf::atom("restart")>;

using start_atom = caf::atom_constant<caf::atom("start")>;

using supervisor_handle = caf::typed_actor<caf::reacts_to<start_atom>, caf::reacts_to<spawn_agent>,
                                           caf::reacts_to<restart_atom, std::uint32_t>, caf::reacts_to<leader_is_up>>;

using beat_atom = caf::atom_constant<caf::atom("beat")>;

using node_handle =
    caf::typed_actor<caf::reacts_to<leader_is_up>, caf::reacts_to<leader_is_down>, caf::reacts_to<beat_atom>,
                     caf::reacts_to<device_load>, caf::reacts_to<node_figures>, caf::reacts_to<heartbeat_answer>>;

}  // namespace dunlin
