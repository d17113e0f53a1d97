"""The unit of work as an abstract model: one shard, its log, its view, and workers that fail.

``kafka``    what Kafka promises: transactions with epochs, whose markers are written late and one
             at a time; a compacted ``log`` read committed; a ``group`` with generations.
``view``     what Redis promises: the apply script's three answers, and loading in chunks.
``judging``  a small pure judge: cases open, merge and close; timers are state.
``worker``   the design's steps (``restoring`` is one) as a generator: it yields wherever it may be
             interrupted, killed, or put to sleep and woken as a zombie.
``schedule`` one seeded schedule: interleaves the workers with faults, then lets all come to rest.
``check``    reads the result as a consumer would and says what is wrong; it knows no worker.
``rules``    what makes it right, one switch each: with one off the same check must find a fault.

The working set, its overlay and its version are the real ones of ``incidents.state``. Outside the
model: loss of Kafka's quorum, an EndTxn delayed past its time-out, readers without read_committed.
A worker reads the whole view in one step; a view that is read key by key may be torn.
"""
