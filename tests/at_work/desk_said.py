"""What workers have said and kept of a desk's log, read from the topics."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from desk_log import ce_id
from desk_town import kept

from incidents.state import TIMED
from streams.cluster.brokers import reach
from streams.cluster.tail import Tail


def said(settings):
    """By topic, without its namespace, and ``ce_id``, the values that were published; more than one
    where a repeat says something else."""
    prefix = f"{settings.namespace}."
    topics = settings.topics
    read = {topics.incidents, topics.decisions, topics.warnings, topics.notices}
    counts = {
        topic: count
        for topic, count in reach(settings.brokers).partitions.items()
        if topic in read or topic.startswith(topics.queues_prefix)
    }
    found = defaultdict(set)
    with Tail(settings.brokers, counts, from_start=True) as tail:
        for message in tail.history():
            name = ce_id(message.headers())
            if name is not None:
                found[message.topic().removeprefix(prefix), name].add(message.value())
    return dict(found)


def owners(settings, shards):
    """Who has written each shard's state, by the tags of its records."""
    found = defaultdict(set)
    with Tail(settings.brokers, {settings.topics.state: shards}, from_start=True) as tail:
        for message in tail.history():
            owner, _, _ = dict(message.headers() or ())["unit"].decode().rpartition(":")
            found[message.partition()].add(owner)
    return dict(found)


def remembered(settings, shard):
    """A shard's state from its topic: what the log alone makes of it. Batches and owners number the
    units of work, and forget what has left its window some time later."""
    state = kept(settings, shard)
    return as_of_the_log(state)


def as_of_the_log(state):
    """The version without its numbers, and the records whose window has not ended."""
    now = state.version.now
    records = {
        (one.kind, one.key): (one.value, one.due)
        for one in state.records()
        if one.kind in TIMED or one.due is None or one.due > now
    }
    return replace(state.version, number=0, owners=()), records
