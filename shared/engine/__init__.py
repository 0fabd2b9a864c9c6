"""The room engine: what happens to a room, as functions in Redis and typed methods for them.

A part of the library (`functions/<part>.lua`) bears the name of the module whose methods call its
functions, unless that is `engine`. Each part, its caller, its functions (and the caller's methods,
where those have other names):

    watch          engine.Engine         watch
    press          press.Pressing        press (_call)
    life           engine.Engine         open, start, pause, settings (change_settings), reset,
                                         block, join, finish
    game_socket    game_socket.Attaching admit, attach (_attach), detach, check, written, ack, read
    queries        engine.Engine         stats, describe, viewers (top_viewers), hidden,
                                         viewer (viewer_summary)
    shard_ledger   shard_ledger.Shards   tail, advance, absent, restored (_restored)
    tally          tally.RunningRounds   tally (_figures_of)
    rebuild        rebuild.Rebuilding    begin_rebuild (_begin), clear_lost (clear),
                                         fill_lost (_fill), fill_lost_log (put_log), rebuild
    open_room      open_room             take_place
    address_bucket engine.Engine         spend
    echo           engine.Engine         echo
"""
