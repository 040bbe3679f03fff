from nas.commands.choose import Contender, winner


def one(number: int, val_loss: float, share: float, standard_error: float = 0.02) -> Contender:
    return Contender(number=number, val_loss=val_loss, standard_error=standard_error, share=share)


def test_cheaper_of_near_ties_wins():
    best, tied = winner([one(1, 0.10, 0.9), one(2, 0.115, 0.3), one(3, 0.13, 0.1)])
    assert best.number == 2
    assert [contender.number for contender in tied] == [1, 2]


def test_clear_leader_wins_at_any_price():
    best, tied = winner([one(1, 0.10, 0.9), one(2, 0.13, 0.1)])
    assert best.number == 1
    assert len(tied) == 1
